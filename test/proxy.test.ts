import { get } from "node:http";
import { afterEach, expect, test } from "vitest";
import { runWeir, startSystem, type System } from "./system.ts";

let system: System | null = null;
afterEach(async () => {
  await system?.dispose();
  system = null;
});

const forwarded = {
  "x-forwarded-proto": "https",
  "x-forwarded-host": "weir.example",
  "x-forwarded-for": "203.0.113.9",
};

/** Signs in as a browser behind the proxy does, and reads where it is told that clients go. */
async function signIn(at: System) {
  const token = new URL(at.signInLink()).hash.replace("#token=", "");
  const signedIn = await fetch(`${at.origin}/api/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json", ...forwarded },
    body: JSON.stringify({ token }),
  });
  const cookie = signedIn.headers.get("set-cookie") ?? "";
  const session = await fetch(`${at.origin}/api/v1/session`, {
    headers: { cookie: cookie.split(";")[0] ?? "", ...forwarded },
  });
  return { status: signedIn.status, cookie, session: await session.text() };
}

/** Tries a wrong token from an address until it is told to wait, at most twelve times. */
async function attemptsFrom(at: System, address: string): Promise<number> {
  for (let attempt = 1; attempt <= 12; attempt += 1) {
    const response = await fetch(`${at.origin}/api/v1/session`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-forwarded-for": address },
      body: '{"token":"wrong"}',
    });
    if (response.status === 429) return attempt;
  }
  return Infinity;
}

test("behind a TLS proxy that is trusted the cookie is Secure, and URLs and addresses are the proxy's", async () => {
  system = await startSystem({ env: { WEIR_TRUST_PROXY: "true" } });
  const { status, cookie, session } = await signIn(system);
  expect(status).toBe(201);
  expect(cookie).toMatch(/; Secure/);
  expect(JSON.parse(session)).toMatchObject({ baseUrl: "https://weir.example" });
  expect(await attemptsFrom(system, "198.51.100.1")).toBe(11);
  expect(await attemptsFrom(system, "198.51.100.2")).toBe(11);
});

test("without trust nothing that a client says of itself is believed", async () => {
  system = await startSystem();
  const { status, cookie, session } = await signIn(system);
  expect(status).toBe(201);
  expect(cookie).not.toMatch(/Secure/);
  expect(JSON.parse(session)).toMatchObject({ baseUrl: system.origin });
  // One attempt was the sign-in above: it counts, whatever address it claims.
  expect(await attemptsFrom(system, "198.51.100.1")).toBe(10);
  expect(await attemptsFrom(system, "198.51.100.2")).toBe(1);
});

test("a public URL is what everybody is told, without trust in any header", async () => {
  const publicUrl = "https://weir.example";
  const started = await startSystem({ env: { WEIR_PUBLIC_URL: `${publicUrl}/` } });
  system = started;
  const { origin, key, output } = started;
  expect(output()).toMatch(/Console +https:\/\/weir\.example\n/);
  expect(output()).toContain(`On this machine also ${origin}\n`);
  expect(output()).toMatch(/Clients +https:\/\/weir\.example\/v1 /);
  expect(system.signInLink()).toMatch(/^https:\/\/weir\.example\/sign-in#token=/);

  // As nginx does unless told otherwise, the Host that Weir gets is its own address.
  const token = new URL(system.signInLink()).hash.replace("#token=", "");
  const signedIn = await fetch(`${origin}/api/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: publicUrl, "sec-fetch-site": "same-origin" },
    body: JSON.stringify({ token }),
  });
  expect(signedIn.status, await signedIn.text()).toBe(201);
  const cookie = signedIn.headers.get("set-cookie") ?? "";
  expect(cookie).toMatch(/; Secure/);
  const read = async (path: string) =>
    (await fetch(`${origin}/api/v1${path}`, { headers: { cookie: cookie.split(";")[0] ?? "" } })).json();
  expect(await read("/session")).toMatchObject({ baseUrl: publicUrl });
  expect(await read("/quickstart")).toMatchObject({ baseUrl: publicUrl, key });
  expect(await read("/openapi.json")).toMatchObject({ servers: [{ url: publicUrl }] });

  const weir = async (...args: string[]) => {
    const { code, output } = await runWeir(started, ...args);
    expect(code, output).toBe(0);
    return output;
  };
  expect(await weir("link")).toMatch(/^https:\/\/weir\.example\/sign-in#token=/);
  expect(await weir("status")).toContain(`at ${publicUrl} (here ${origin}): ok`);
  expect(JSON.parse(await weir("status", "--json"))).toMatchObject({ baseUrl: origin, publicUrl });

  // The name is answered to, and still no other: a page elsewhere cannot make itself a name for this machine.
  expect(await statusAs(system, "weir.example")).toBe(200);
  expect(await statusAs(system, "evil.example")).toBe(421);
});

/** Asks for the console with a Host header of its own, which `fetch` would not send. */
async function statusAs(at: System, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = get(`${at.origin}/`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on("error", reject);
  });
}
