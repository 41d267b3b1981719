import { expect, test } from "vitest";
import { revokeKey } from "./keys.ts";

test("an empty id is refused before anything is asked", async () => {
  const context = {
    variables: { WEIR_HOME: "/nonexistent" },
    workingDirectory: "/",
    print: () => undefined,
    printError: () => undefined,
  };
  await expect(revokeKey(context, " ", {})).rejects.toMatchObject({
    code: "key_id_missing",
    mend: expect.stringContaining("weir key list"),
  });
});
