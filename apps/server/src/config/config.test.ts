import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadConfig } from "./config.ts";
import { ConfigError } from "./errors.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-config-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function load(options: { yaml?: string; variables?: Record<string, string> }) {
  if (options.yaml !== undefined) writeFileSync(join(folder, "weir.yaml"), options.yaml);
  return loadConfig({ variables: options.variables ?? {}, workingDirectory: folder });
}

function problemsOf(options: Parameters<typeof load>[0]): string[] {
  try {
    load(options);
  } catch (error) {
    if (error instanceof ConfigError)
      return error.problems.map(({ where, message }) => `${where} ${message}`);
    throw error;
  }
  return [];
}

const provider = (config: ReturnType<typeof load>, name: string) =>
  config.providers.find((candidate) => candidate.name === name);

describe("without any configuration", () => {
  test("everything has its documented default", () => {
    const config = load({});
    expect(config).toMatchObject({
      home: join(folder, ".weir"),
      host: "127.0.0.1",
      port: 9347,
      strict: false,
    });
    expect(config.gatewayThreads).toBeGreaterThanOrEqual(1);
    expect(config.gatewayThreads).toBeLessThanOrEqual(4);
    expect(config.providers.map(({ name }) => name)).toEqual(["openai", "anthropic", "sim"]);
  });
  test("a provider without a key says where the key belongs", () => {
    expect(provider(load({}), "openai")).toMatchObject({
      apiKey: "",
      keyRequired: true,
      keyHint: "the environment variable OPENAI_API_KEY",
    });
  });
});

describe("base URLs mean what each provider's own client means", () => {
  test.each([
    ["openai", "OPENAI_BASE_URL", "http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"],
    ["openai", "OPENAI_BASE_URL", "https://proxy.example/openai/", "https://proxy.example/openai"],
    ["anthropic", "ANTHROPIC_BASE_URL", "https://proxy.example", "https://proxy.example/v1"],
    ["anthropic", "ANTHROPIC_BASE_URL", "https://proxy.example/v1/", "https://proxy.example/v1"],
    ["ollama", "OLLAMA_HOST", "127.0.0.1:11434", "http://127.0.0.1:11434/v1"],
    ["vllm", "VLLM_BASE_URL", "http://gpu:8000/v1", "http://gpu:8000/v1"],
  ])("%s: %s=%s", (name, variable, value, expected) => {
    expect(provider(load({ variables: { [variable]: value } }), name)?.baseUrl).toBe(expected);
  });
  test("what is no URL is said with the variable's name", () => {
    const problems = problemsOf({ variables: { OPENAI_BASE_URL: "ftp://x" } });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^OPENAI_BASE_URL "ftp:\/\/x" is no base URL/);
  });
});

test.each(["http://ann:hunter2@gpu:8000/v1", "https://gpu/v1?key=hunter2", "ann:hunter2@gpu/v1"])(
  "the secret in %s is not quoted",
  (url) => {
    expect(problemsOf({ variables: { VLLM_BASE_URL: url } })).toEqual([
      expect.stringMatching(
        new RegExp(`^VLLM_BASE_URL this text of ${url.length} characters is no base URL\\.`),
      ),
    ]);
  },
);

describe("weir.yaml", () => {
  test("a provider of one's own, with its key from the environment", () => {
    const yaml = [
      "providers:",
      "  - name: house",
      "    baseUrl: http://10.0.0.7:8000/v1",
      "    apiKey: ${HOUSE_KEY}",
      "    models: [llama]",
      "limits:",
      "  drainTimeoutMs: 1000",
      "simulator: false",
    ].join("\n");
    const config = load({ yaml, variables: { HOUSE_KEY: "secret" } });
    expect(provider(config, "house")).toMatchObject({
      apiKey: "secret",
      models: ["llama"],
      protocol: "openai",
    });
    expect(config.limits.drainTimeoutMs).toBe(1000);
    expect(config.limits.tagsMax).toBe(32);
    expect(provider(config, "sim")).toBeUndefined();
  });
  test("every mistake is told at once, each with its line, its column and the mend", () => {
    const yaml = [
      "providers:",
      "  - name: local",
      "    baseurl: http://127.0.0.1:8000/v1",
      "    apiKey: ${NOT_SET}",
      "  - name: Bad Name",
      "    timeoutMs: soon",
      "limts: {}",
    ].join("\n");
    expect(problemsOf({ yaml, variables: { WEIR_PORT: "http" } })).toEqual([
      expect.stringMatching(/^WEIR_PORT write a whole number from 0 to 65535; it is "http"/),
      expect.stringMatching(/^weir\.yaml:4:5 .*NOT_SET is not set/),
      expect.stringMatching(
        /^weir\.yaml:3:5 "providers\.0\.baseurl" is no field here; did you mean "baseUrl"\?$/,
      ),
      expect.stringMatching(/^weir\.yaml:5:5 .*lower-case/),
      expect.stringMatching(
        /^weir\.yaml:6:5 "providers\.1\.timeoutMs" must be a whole number from 1 to 3600000, but it is "soon"\.$/,
      ),
      expect.stringMatching(/^weir\.yaml:7:1 "limts" is no field here; did you mean "limits"\?$/),
    ]);
  });
  test("a value of another kind is told in plain words, and a secret never quoted", () => {
    const yaml = [
      "providers: { name: x }",
      "limits: { spoolMaxBytes: lots, tagsMax: 0 }",
      "log: { level: loud }",
      "server: { trustProxy: maybe }",
      "strict: 1",
    ].join("\n");
    expect(problemsOf({ yaml })).toEqual([
      expect.stringMatching(
        /^weir\.yaml:1:1 "providers" must be a list, each item .*, but it is an object\.$/,
      ),
      'weir.yaml:2:11 "limits.spoolMaxBytes" must be a whole number of 1 or more, but it is "lots".',
      'weir.yaml:2:32 "limits.tagsMax" must be a whole number of 1 or more, but it is 0.',
      'weir.yaml:3:8 "log.level" must be one of trace, debug, info, warn, error, but it is "loud".',
      'weir.yaml:4:11 "server.trustProxy" must be true or false, but it is "maybe".',
      'weir.yaml:5:1 "strict" must be true or false, but it is 1.',
    ]);
    expect(problemsOf({ yaml: "- a\n" })).toEqual([
      expect.stringMatching(
        /^weir\.yaml:1:1 The file must be an object with the fields providers, .* a list of one item\.$/,
      ),
    ]);
    const secrets = "providers:\n  - name: a\n    apiKey: 12345\n    headers: { authorization: [hunter2] }\n";
    expect(problemsOf({ yaml: secrets })).toEqual([
      'weir.yaml:3:5 "providers.0.apiKey" must be text of one line that an HTTP header can carry, but it is a number.',
      'weir.yaml:4:16 "providers.0.headers.authorization" must be text of one line that an HTTP header can carry, but it is a list of one item.',
    ]);
    expect(problemsOf({ yaml: "providers: [{ baseUrl: http://x/v1 }]" })).toEqual([
      expect.stringContaining('"providers.0.name" is missing; it must be a name of lower-case letters'),
    ]);
  });
  test("a protocol that is written is the one that is spoken", () => {
    const yaml = "providers:\n  - name: deepseek\n    baseUrl: https://api.deepseek.com/anthropic/v1\n";
    expect(provider(load({ yaml }), "deepseek")?.protocol).toBe("openai");
    const written = load({ yaml: `${yaml}    protocol: anthropic\n` });
    expect(provider(written, "deepseek")).toMatchObject({
      protocol: "anthropic",
      baseUrl: "https://api.deepseek.com/anthropic/v1",
    });
  });
  test("a key or a header that cannot be sent is told with its line, and never quoted", () => {
    const yaml = [
      "providers:",
      "  - name: a",
      "    baseUrl: http://a/v1",
      '    apiKey: "sk-a\\nhunter2"',
      "    headers:",
      '      x-team: "search\\r\\nhunter2: 1"',
      "      x team: hunter2",
      "      Content-Length: 5hunter2",
    ].join("\n");
    const variables = { OPENAI_API_KEY: "\u201chunter2\u201d" };
    const told = problemsOf({ yaml, variables });
    expect(told).toEqual([
      'weir.yaml:4:5 "providers.0.apiKey" must be text of one line that an HTTP header can carry, but it is text of 12 characters.',
      'weir.yaml:6:7 "providers.0.headers.x-team" must be text of one line that an HTTP header can carry, but it is text of 18 characters.',
      'weir.yaml:7:7 "providers.0.headers.x team" must be named with letters, digits and hyphens, but it is text of 7 characters.',
      'weir.yaml:8:7 "providers.0.headers.Content-Length" must be left out, because such a header belongs to the connection, but it is text of 8 characters.',
      expect.stringMatching(/^OPENAI_API_KEY the key has a character .* \(it has 9 characters\)\.$/),
    ]);
    expect(told.join()).not.toContain("hunter2");
  });
  test("a line end around a key is no part of it", () => {
    const yaml = "providers: [{ name: a, baseUrl: http://a/v1, apiKey: '${KEY}' }]";
    expect(provider(load({ yaml, variables: { KEY: "sk-1\n" } }), "a")?.apiKey).toBe("sk-1");
  });
  test("broken YAML says where", () => {
    expect(problemsOf({ yaml: "providers:\n  - name: [a\nstrict: true\n" })[0]).toMatch(
      /^weir\.yaml:\d+:\d+ this is not YAML/,
    );
  });
  test.each([
    ["strict: true\nstrict: false\n", "2:1 this key was there before. Keep one of them."],
    ["strict: true\n---\nstrict: false\n", "2:1 a second document begins here. Leave out the line ---"],
    [
      "log:\n\tlevel: debug\n",
      "2:1 this is not YAML: Tabs are not allowed as indentation. Indent with spaces.",
    ],
  ])("%j is told with its own mend", (yaml, told) => {
    expect(problemsOf({ yaml })).toEqual([expect.stringContaining(`weir.yaml:${told}`)]);
  });
  test("a byte order mark and line ends of Windows mean nothing", () => {
    expect(load({ yaml: "\ufeffstrict: true\r\nlog:\r\n  level: debug\r\n" })).toMatchObject({
      strict: true,
      logLevel: "debug",
    });
  });
  test("a file that is none, leads nowhere, is too large or is no text is told with the mend", () => {
    const path = join(folder, "weir.yaml");
    const toldOf = (make: () => void) => {
      rmSync(path, { recursive: true, force: true });
      make();
      return problemsOf({});
    };
    expect(toldOf(() => mkdirSync(path))).toEqual([
      expect.stringMatching(/^weir\.yaml .*\(EISDIR\)\. Check/),
    ]);
    expect(toldOf(() => symlinkSync("nowhere", path))).toEqual([
      expect.stringMatching(/^weir\.yaml .*\(ENOENT\)\. Check/),
    ]);
    expect(toldOf(() => writeFileSync(path, "#".repeat(1024 * 1024 + 1)))).toEqual([
      expect.stringMatching(/^weir\.yaml .* has 1048577 bytes, and 1048576 at most/),
    ]);
    expect(toldOf(() => writeFileSync(path, Buffer.from("strict: true # \xe9", "latin1")))).toEqual([
      expect.stringMatching(/^weir\.yaml .* is not UTF-8 text\. Save it as UTF-8\.$/),
    ]);
  });
  test("an alias of nothing, and one of what it stands in, are told with their line and the mend", () => {
    const yaml = "providers:\n  - name: a\n    models: [*gpt]\nlog: &log { level: *log }\n";
    expect(problemsOf({ yaml })).toEqual([
      'weir.yaml:3:14 the alias *gpt cannot be filled in: there is no &gpt before it. Quote it if it is text that begins with "*".',
      expect.stringMatching(/^weir\.yaml:4:20 the alias \*log .* inside of what &log names/),
    ]);
    expect(problemsOf({ yaml: "providers: *none\n" })).toHaveLength(1);
  });
  test("aliases of aliases that would use up the memory are refused", () => {
    const nine = (name: string) => `[${Array.from({ length: 9 }, () => `*${name}`).join(", ")}]`;
    const yaml = ["a: &a [x]", `b: &b ${nine("a")}`, `c: &c ${nine("b")}`, `d: ${nine("c")}`].join("\n");
    expect(problemsOf({ yaml })).toEqual([expect.stringMatching(/^weir\.yaml:1:1 .*alias.*Write out/)]);
  });
  test("an alias of something written before stands for it", () => {
    const yaml = [
      "providers:",
      "  - { name: a, baseUrl: http://a/v1, models: &models [one] }",
      "  - { name: b, baseUrl: http://b/v1, models: *models }",
    ].join("\n");
    expect(provider(load({ yaml }), "b")?.models).toEqual(["one"]);
  });
  test("a tag that nobody gives a meaning is told, and its text never taken for the value", () => {
    const yaml =
      "providers:\n  - name: a\n    baseUrl: http://a/v1\n    apiKey: !env KEY\nlimits: !!set { a }\n";
    expect(problemsOf({ yaml })).toEqual([
      'weir.yaml:4:13 the tag !env means nothing here. Write ${NAME} for the environment variable NAME, and quote text that begins with "!".',
      expect.stringMatching(/^weir\.yaml:5:9 the tag .*set means nothing here/),
    ]);
    expect(problemsOf({ yaml: "%YAML 1.3\n---\nstrict: true\n" })).toEqual([
      expect.stringMatching(/^weir\.yaml:1:7 Unsupported YAML version 1\.3\. Leave/),
    ]);
  });
  test("a file that was named and is not there", () => {
    expect(problemsOf({ variables: { WEIR_CONFIG: "missing.yaml" } })[0]).toMatch(/^WEIR_CONFIG .*ENOENT/);
  });
  test("two providers of one name, and the simulator's name", () => {
    const yaml = ["a", "a", "sim"].map((name) => `  - { name: ${name}, baseUrl: "http://x/v1" }`).join("\n");
    expect(problemsOf({ yaml: `providers:\n${yaml}\n` })).toEqual([
      expect.stringContaining("weir.yaml:3:7 the provider a is there twice"),
      expect.stringContaining("weir.yaml:4:7 the name sim belongs to the simulator"),
    ]);
  });
  test("an empty file is as good as none", () => {
    expect(load({ yaml: "# nothing yet\n" }).providers).toHaveLength(3);
  });
});

describe("a proxy in front", () => {
  test("is trusted only when that is written, and the environment wins", () => {
    const yaml = "server: { trustProxy: true }\n";
    expect(load({}).trustProxy).toBe(false);
    expect(load({ variables: { WEIR_TRUST_PROXY: "true" } }).trustProxy).toBe(true);
    expect(load({ yaml }).trustProxy).toBe(true);
    expect(load({ yaml, variables: { WEIR_TRUST_PROXY: "false" } }).trustProxy).toBe(false);
    expect(problemsOf({ variables: { WEIR_TRUST_PROXY: "yes" } })).toEqual([
      'WEIR_TRUST_PROXY write true or false; it is "yes".',
    ]);
  });
});

describe("the address that people are told", () => {
  const yaml = (url: string) => `server:\n  publicUrl: ${url}\n`;
  test("is an origin, and the environment wins", () => {
    expect(load({}).publicUrl).toBeNull();
    expect(load({ yaml: yaml("https://weir.example/") }).publicUrl).toBe("https://weir.example");
    const variables = { WEIR_PUBLIC_URL: "HTTP://Weir.Example:8080" };
    expect(load({ yaml: yaml("https://other.example"), variables }).publicUrl).toBe(
      "http://weir.example:8080",
    );
    expect(load({ yaml: yaml("https://weir.example:443") }).publicUrl).toBe("https://weir.example");
  });
  test("anything more or less is refused with its line and its mend", () => {
    expect(problemsOf({ yaml: yaml("weir.example") })).toEqual([
      'weir.yaml:2:3 "server.publicUrl" must be a URL that begins with https:// or http://, such as https://weir.example, but it is "weir.example".',
    ]);
    expect(problemsOf({ yaml: "", variables: { WEIR_PUBLIC_URL: "https://weir.example/llm/" } })).toEqual([
      'WEIR_PUBLIC_URL write a URL without a path, such as https://weir.example, because Weir serves its console and API from the root of a host; it is "https://weir.example/llm/".',
    ]);
    const refused = [
      "ftp://weir.example",
      "https://",
      "https://weir.example/?a=1",
      "https://weir.example/#a",
      "5",
    ];
    for (const url of refused) expect(problemsOf({ yaml: yaml(`"${url}"`) }), url).toHaveLength(1);
    expect(problemsOf({ yaml: yaml("5") })).toEqual([
      'weir.yaml:2:3 "server.publicUrl" must be text, but it is 5.',
    ]);
  });
  test("a password in it is refused and not quoted", () => {
    const url = "https://ann:hunter2@weir.example";
    const told = [
      ...problemsOf({ yaml: yaml(url) }),
      ...problemsOf({ yaml: "", variables: { WEIR_PUBLIC_URL: url } }),
    ];
    expect(told).toEqual([
      'weir.yaml:2:3 "server.publicUrl" must be a URL without a user name or a password, but it is text of 32 characters.',
      "WEIR_PUBLIC_URL write a URL without a user name or a password (it has 32 characters).",
    ]);
  });
});

test("a home that begins with a tilde that nobody expands is refused, not made", () => {
  expect(problemsOf({ variables: { WEIR_HOME: "~bob/weir" } })).toEqual([
    'WEIR_HOME write the whole path, or one that begins with ~/ for your home folder; it is "~bob/weir".',
  ]);
});

describe("a key stays with its host", () => {
  const yaml = (baseUrl: string) => `providers:\n  - name: openai\n    baseUrl: ${baseUrl}\n`;
  test("another host in weir.yaml does not get the key of the environment", () => {
    const config = load({
      yaml: yaml("https://elsewhere.example/v1"),
      variables: { OPENAI_API_KEY: "sk-secret-1" },
    });
    expect(provider(config, "openai")?.apiKey).toBe("");
  });
  test("the same host does", () => {
    const config = load({
      yaml: yaml("https://api.openai.com/v1"),
      variables: { OPENAI_API_KEY: "sk-secret-1" },
    });
    expect(provider(config, "openai")?.apiKey).toBe("sk-secret-1");
  });
});

test("a misspelt variable of ours is pointed out", () => {
  expect(load({ variables: { WEIR_PROT: "1" } }).warnings).toEqual([
    "The environment variable WEIR_PROT means nothing to Weir; did you mean WEIR_PORT?",
  ]);
});

test("a slip in a secret is told without telling the secret", () => {
  const variables = {
    WEIR_BOOTSTRAP_KEY: "weir_almost-right",
    WEIR_POSTGRES_URL: "postgress://weir:hunter2@db/weir",
  };
  const told = problemsOf({ variables }).join("\n");
  expect(told).toContain("WEIR_BOOTSTRAP_KEY write weir_ and 40 letters or digits (it has 17 characters)");
  expect(told).not.toMatch(/almost-right|hunter2/);
});

describe("the URLs of engines", () => {
  test.each([
    ["WEIR_CLICKHOUSE_URL", "http://weir:12#34@db:8123/weir"],
    ["WEIR_CLICKHOUSE_URL", "http://weir:1/b@db:8123/weir"],
    ["WEIR_CLICKHOUSE_URL", "http://weir:50%off@db:8123/weir"],
    ["WEIR_POSTGRES_URL", "postgres://weir:1?b@db/weir"],
    ["WEIR_POSTGRES_URL", "postgres://weir:p#w@db/weir"],
  ])("%s=%s, with a password that ends the host, is refused with the mend", (variable, url) => {
    expect(problemsOf({ variables: { [variable]: url } })).toEqual([
      `${variable} write a whole URL; in its user name and password % is %25, / is %2F, ? is %3F, # is %23 and @ is %40 (it has ${url.length} characters).`,
    ]);
  });

  test.each([
    ["clickhouseUrl", "WEIR_CLICKHOUSE_URL", "https://weir:p%23%2F%25@db:8443/weir"],
    ["clickhouseUrl", "WEIR_CLICKHOUSE_URL", "HTTP://db:8123/?user=weir@corp&password=pw&database=weir"],
    ["postgresUrl", "WEIR_POSTGRES_URL", "postgresql://weir@/weir?host=/run/postgresql"],
    ["postgresUrl", "WEIR_POSTGRES_URL", "postgresql:///weir?host=/run/postgresql"],
  ] as const)("%s is taken as %s=%s has it", (field, variable, url) => {
    expect(load({ variables: { [variable]: url } })[field]).toBe(url);
  });
});
