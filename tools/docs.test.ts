import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { defaultLimits, filterFields } from "@weir/schema";
import { expect, test } from "vitest";
import { listFiles } from "./tidy.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (path: string) => readFileSync(join(root, path), "utf8");

test("every filter field is documented", () => {
  const text = read("docs/reference/filters.md");
  const names = filterFields.map((field) => (field.name === "metadata." ? "metadata.key" : field.name));
  expect(names.filter((name) => !text.includes(`| \`${name}\``))).toEqual([]);
});

test("every limit is documented", () => {
  const text = read("docs/reference/configuration.md");
  expect(Object.keys(defaultLimits).filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});

test("links between pages lead somewhere", () => {
  const broken = listFiles(root)
    .filter((path) => path.endsWith(".md"))
    .flatMap((path) =>
      [...read(path).matchAll(/\]\((?!https?:)([^)#\s]+)/g)]
        .filter(([, target]) => !existsSync(join(root, dirname(path), target ?? "")))
        .map(([, target]) => `${path} → ${target}`),
    );
  expect(broken).toEqual([]);
});
