#!/usr/bin/env node
// Weir runs on Node 24 or newer, which the install brings along. This launcher is plain JavaScript that any Node
// since 18 reads: it goes on in this process when that will do, and starts the other Node when not.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const neededMajor = 24;
/** As `npm start` has it: four helpers that collect garbage and compile take every small machine's cores from calls. */
const oneHelper = "--v8-pool-size=1";
const here = dirname(fileURLToPath(import.meta.url));

/** The Node that npm installed for this project: the nearest `node_modules/.bin/node` above this file. */
function installedNode() {
  for (let folder = here; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", ".bin", "node");
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) return null;
  }
}

function runWith(node) {
  // In a group of its own, so that a Ctrl-C reaches it once, through this process. The channel tells it when this
  // process has gone without a word.
  const child = spawn(node, [oneHelper, fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    detached: true,
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    console.error(`Weir cannot start ${node}: ${error.message}. Run "npm ci" again.`);
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? 1;
    if (signal !== null) console.error(`Weir was ended by ${signal}.`);
  });
}

/** True for an `up` that nobody gave helpers to by number. Whoever holds a channel to this process would lose it. */
function wantsOneHelper() {
  const given = [...process.execArgv, process.env["NODE_OPTIONS"] ?? ""];
  return process.argv[2] === "up" && !given.some((text) => text.includes("pool-size")) && !process.connected;
}

if (Number(process.versions.node.split(".")[0]) >= neededMajor) {
  // V8 makes its helpers before any JavaScript runs, so the same process begins anew.
  if (wantsOneHelper()) {
    const again = [process.execPath, ...process.execArgv, oneHelper, ...process.argv.slice(1)];
    process.execve(process.execPath, again, process.env);
  }
  const { main } = await import("../src/main.ts");
  process.exitCode = await main({ variables: process.env, argv: process.argv });
  // `up` has stopped all that it started; a stray handle must not keep the process.
  if (process.exitCode !== undefined) process.exit();
} else {
  const node = installedNode();
  if (node === null) {
    console.error(
      `Weir needs Node ${neededMajor} or newer; this is ${process.version}, and the one that "npm ci" brings along is missing. Run "npm ci" with optional dependencies, or install Node ${neededMajor}.`,
    );
    process.exitCode = 1;
  } else {
    runWith(node);
  }
}
