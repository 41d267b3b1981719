import type { Capability } from "../capability.ts";
import { capability as blobs } from "./blobs/index.ts";
import { capability as changes } from "./changes/index.ts";
import { capability as keys } from "./keys/index.ts";
import { capability as models } from "./models/index.ts";
import { capability as overview } from "./overview/index.ts";
import { capability as projects } from "./projects/index.ts";
import { capability as session } from "./session/index.ts";
import { capability as spool } from "./spool/index.ts";
import { capability as system } from "./system/index.ts";
import { capability as traces } from "./traces/index.ts";

/** Every room of the control plane. To add one is to add a folder and a line. */
export const capabilities: readonly Capability[] = [
  session,
  projects,
  keys,
  models,
  system,
  spool,
  blobs,
  traces,
  overview,
  changes,
];
