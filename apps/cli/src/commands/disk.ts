import { access, constants, lstat, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Whether the home can be written to, and how much room it has. */
export interface DiskFinding {
  check: "disk";
  level: "ok" | "warning" | "error";
  detail: string;
  mend: string;
}

const diskWantedBytes = 2 * 1024 ** 3;

/** Looks at the home, or at the folder that it would be made in. Nothing is written. */
export async function diskFinding(home: string): Promise<DiskFinding> {
  const folder = await nearestThere(home);
  try {
    // With the slash it has to be a folder, or a link to one.
    await access(`${folder}/`, constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    const mend = "Choose a WEIR_HOME that is a folder, or can be made one, and that this user may write to.";
    return { check: "disk", level: "error", detail: `${folder} cannot be written to (${code}).`, mend };
  }
  if (folder === home && (await isOthers(home))) {
    const mend = `Choose a folder of your own, for example below it: WEIR_HOME=${join(home, "weir")}.`;
    return { check: "disk", level: "error", detail: `${home} belongs to another user.`, mend };
  }
  return roomFinding({ folder, home });
}

/** The path itself, or the nearest parent that exists. */
async function nearestThere(path: string): Promise<string> {
  for (let folder = path; ; folder = dirname(folder)) {
    try {
      await lstat(folder);
      return folder;
    } catch (error) {
      const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
      if (!missing || folder === dirname(folder)) return folder;
    }
  }
}

/** Weir shuts others out of its home, which only its owner and root can. */
async function isOthers(home: string): Promise<boolean> {
  const user = process.getuid?.() ?? 0;
  return user !== 0 && (await stat(home)).uid !== user;
}

async function roomFinding(options: { folder: string; home: string }): Promise<DiskFinding> {
  const { bavail, bsize } = await statfs(options.folder);
  const free = bavail * bsize;
  const detail = `${(free / 1024 ** 3).toFixed(1)} GiB free for ${options.home}.`;
  if (free >= diskWantedBytes) return { check: "disk", level: "ok", detail, mend: "" };
  const mend = "Make room: without it calls go on and are no longer recorded.";
  return { check: "disk", level: free < diskWantedBytes / 16 ? "error" : "warning", detail, mend };
}
