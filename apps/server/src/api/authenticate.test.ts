import { expect, test } from "vitest";
import { ApiError } from "../errors.ts";
import { createAuthenticate, sha256Hex } from "./authenticate.ts";

const session = { sessionId: "session_1", userId: "user_1", name: "Ann" };
const projectKey = `weir_${"k".repeat(40)}`;

function authenticateWith(options: { adminToken: string }) {
  const key = { id: "key_1", projectId: "project_1", name: "app", revokedAt: null };
  const authenticate = createAuthenticate({
    ...options,
    snapshot: () => ({
      version: 1,
      strict: false,
      providers: [],
      keys: [{ ...key, sha256: sha256Hex(projectKey) }],
    }),
    findSession: async (sha256) => (sha256 === sha256Hex("signed-in") ? session : null),
  });
  return async (headers: Record<string, string>) => {
    try {
      return (await authenticate(new Request("http://127.0.0.1/", { headers }))).kind;
    } catch (error) {
      if (error instanceof ApiError) return error.code;
      throw error;
    }
  };
}

const kindOf = authenticateWith({ adminToken: "admin-token-for-tests" });
const cookie = "weir_session=signed-in";

test("a Bearer token is an admin token or a key, and comes before a cookie", async () => {
  expect(await kindOf({ authorization: "bearer admin-token-for-tests" })).toBe("admin-token");
  expect(await kindOf({ authorization: `Bearer ${projectKey}`, cookie })).toBe("project-key");
  for (const wrong of ["Bearer", "Bearer a b", "BEARER x"]) {
    expect(await kindOf({ authorization: wrong, cookie }), wrong).toBe("key_invalid");
  }
});

// A browser sends the password of a proxy in front with every request.
test("a header of another scheme leaves the session as it is", async () => {
  for (const authorization of [
    "Basic YW5uOnNlY3JldA==",
    "Digest username=ann",
    "Bearerx admin-token-for-tests",
  ]) {
    expect(await kindOf({ authorization, cookie }), authorization).toBe("session");
    expect(await kindOf({ authorization }), authorization).toBe("anonymous");
  }
});

test("no token is nobody's token, even where the admin token is empty", async () => {
  const withoutToken = authenticateWith({ adminToken: "" });
  for (const authorization of ["Bearer", "Basic abc", "Bearer a b"]) {
    expect(await withoutToken({ authorization }), authorization).not.toBe("admin-token");
  }
});
