import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({ optionalDependencies: z.record(z.string(), z.string()).optional() }),
  ),
});

/** Every place where a package at `where` finds its own dependencies, nearest first. */
function placesOf(where: string, name: string): string[] {
  const places: string[] = [];
  for (let folder = where; folder !== ""; folder = folder.slice(0, folder.lastIndexOf("/"))) {
    places.push(`${folder}/node_modules/${name}`);
    if (!folder.includes("/")) break;
  }
  return [...places, `node_modules/${name}`];
}

// npm leaves out of the lock what it could not load when the lock was written: the builds for other machines. From
// then on "npm ci" refuses the whole lock, on every machine.
test("the lock names the builds of every platform, so that npm ci accepts it everywhere", () => {
  const text = readFileSync(new URL("../package-lock.json", import.meta.url), "utf8");
  const { packages } = lockSchema.parse(JSON.parse(text));
  const missing = Object.entries(packages).flatMap(([where, { optionalDependencies }]) =>
    Object.keys(optionalDependencies ?? {}).filter(
      (name) => !placesOf(where, name).some((place) => place in packages),
    ),
  );
  expect(missing).toEqual([]);
});
