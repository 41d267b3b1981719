import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { StoreError, systemCodeOf } from "../errors.ts";
import type { NativeBinaries } from "./native-binaries.ts";
import type { UnprivilegedUser } from "./unprivileged-user.ts";

const execute = promisify(execFile);

/** Longest path of a unix socket that Linux takes; macOS takes 103. */
const socketPathMaxBytes = process.platform === "darwin" ? 103 : 107;
const socketName = ".s.PGSQL.5432";

/**
 * How the child names its working directory. Under root on Linux the data belongs to another user, who may not
 * be allowed to walk down to it (WEIR_HOME is 0700). A process whose working directory is already inside needs
 * no permission on what is above, and `/proc/self/cwd` is an absolute path to it. So nothing above the data
 * has to be opened to others.
 */
const workingDirectory = "/proc/self/cwd";

export interface PostgresDirectories {
  /** What `-D` names, and what a child started in `data` calls it. */
  data: string;
  dataForChild: string;
  socketDirectory: string;
  socketDirectoryForChild: string;
  /** A folder beside the data as a child started in the data sees it. */
  besideForChild(name: string): string;
  dispose(): Promise<void>;
}

/** Makes the folders below `directory` with the right owners, and finds a place for the socket. */
export async function prepareDirectories(options: {
  directory: string;
  user: UnprivilegedUser | null;
}): Promise<PostgresDirectories> {
  const { directory, user } = options;
  const indirect = user !== null && process.platform === "linux";
  await mkdir(directory, { recursive: true, mode: 0o700 });
  // Only the way through: names inside are known to nobody who cannot also read the folder above.
  await chmod(directory, user === null ? 0o700 : 0o711);
  const data = join(directory, "data");
  // The socket lies in the data directory itself, which is as private as a place can be, unless its path would be
  // longer than a socket's may be.
  const temporary = Buffer.byteLength(join(data, socketName)) > socketPathMaxBytes;
  const socketDirectory = temporary ? await makeShortDirectory(directory, user) : data;
  const besideForChild = (name: string) =>
    indirect ? `${workingDirectory}/../${name}` : join(directory, name);
  return {
    data,
    dataForChild: indirect ? workingDirectory : data,
    socketDirectory,
    socketDirectoryForChild: indirect && !temporary ? workingDirectory : socketDirectory,
    besideForChild,
    dispose: async () => {
      if (temporary) await rm(socketDirectory, { recursive: true, force: true });
    },
  };
}

/** macOS gives each user a temporary folder with a long path; the plain one is short enough for a socket. */
function shortTemporaryDirectory(): string {
  return Buffer.byteLength(tmpdir()) > 60 ? "/tmp" : tmpdir();
}

/** Removes the one that a killed process left, too; its name is noted in our own directory. */
async function makeShortDirectory(directory: string, user: UnprivilegedUser | null): Promise<string> {
  const note = join(directory, "socket-directory");
  if (await exists(note)) {
    const old = await readFile(note, "utf8");
    if (basename(old).startsWith("weir-")) await rm(old, { recursive: true, force: true });
  }
  const made = await mkdtemp(join(shortTemporaryDirectory(), "weir-"));
  await writeFile(note, made, { mode: 0o600 });
  await own(made, user);
  return made;
}

async function own(path: string, user: UnprivilegedUser | null): Promise<void> {
  await chmod(path, 0o700);
  if (user !== null) await chown(path, user.uid, user.gid);
}

/** The password of the database's only role, made once. The private socket is the first wall, this the second. */
export async function readOrMakePassword(directory: string): Promise<string> {
  const file = join(directory, "password");
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    if (systemCodeOf(error) !== "ENOENT") throw error;
  }
  const password = randomBytes(24).toString("base64url");
  await writeFile(`${file}.new`, password, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return password;
}

/**
 * Creates the cluster if there is none. It is made beside its place and renamed when it is whole, so a start
 * that was killed half way leaves nothing that looks like a database.
 */
export async function initialiseCluster(options: {
  directory: string;
  data: string;
  binaries: NativeBinaries;
  user: UnprivilegedUser | null;
  password: string;
}): Promise<boolean> {
  const { directory, data, user } = options;
  if (await exists(join(data, "PG_VERSION"))) {
    await checkOwner(data, user);
    return false;
  }
  const fresh = join(directory, "data.new");
  const passwordFile = join(directory, "password.initdb");
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  await own(fresh, user);
  await writeFile(passwordFile, options.password, { mode: 0o600 });
  if (user !== null) await chown(passwordFile, user.uid, user.gid);
  const inside = user !== null && process.platform === "linux";
  try {
    await execute(
      options.binaries.initdb,
      [
        `--pgdata=${inside ? workingDirectory : fresh}`,
        "--username=weir",
        "--auth=scram-sha-256",
        `--pwfile=${inside ? `${workingDirectory}/../password.initdb` : passwordFile}`,
        "--encoding=UTF8",
        "--locale=C",
        // The operating system's collations change with its updates and would break indexes; this one does not.
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
      ],
      {
        cwd: fresh,
        env: { ...options.binaries.env, PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" },
        timeout: 120_000,
        ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
      },
    );
  } catch (cause) {
    const said = cause instanceof Error && "stderr" in cause ? String(cause.stderr).trim() : "";
    throw new StoreError({
      code: "engine_start_failed",
      message: `initdb failed in ${fresh}. ${said}`.trim(),
      cause,
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(fresh, data);
  return true;
}

/** Postgres says only "permission denied" when a directory made as root is opened by a user, or the reverse. */
async function checkOwner(data: string, user: UnprivilegedUser | null): Promise<void> {
  const { uid } = await stat(data);
  const wanted = user?.uid ?? process.getuid?.() ?? uid;
  if (uid === wanted) return;
  if (user !== null) {
    // Root can hand the files over; this happens after `sudo` was used once, or the reverse.
    await chownTree(data, user);
    return;
  }
  throw new StoreError({
    code: "engine_start_failed",
    message: `${data} belongs to the user with id ${uid}, and this process runs as ${wanted}.`,
    mend: `Start Weir as before, or give the folder to yourself: chown -R $(id -u) ${data}`,
  });
}

async function chownTree(path: string, user: UnprivilegedUser): Promise<void> {
  await chown(path, user.uid, user.gid);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) await chownTree(child, user);
    else if (!entry.isSymbolicLink()) await chown(child, user.uid, user.gid);
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
