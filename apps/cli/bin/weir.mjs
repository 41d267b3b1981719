#!/usr/bin/env node
// Weir runs on Node 24 or newer, which the install brings along. This launcher is plain JavaScript that any Node
// since 18 reads: it goes on in this process when that will do, and starts the other Node when not.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";

const neededMajor = 24;
/**
 * Collecting garbage with helper threads is faster on the whole, and takes every core from the calls in flight while
 * it lasts; the heaps here are small. A flag of the command line also covers what Node sets up before this file.
 */
const collectAlone = "--single-threaded-gc";
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
  const child = spawn(node, [collectAlone, fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
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

if (Number(process.versions.node.split(".")[0]) >= neededMajor) {
  if (!process.execArgv.includes(collectAlone)) setFlagsFromString(collectAlone);
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
