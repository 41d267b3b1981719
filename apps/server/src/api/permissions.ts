/** `resource:action`; `public` needs no sign-in at all. */
export type Permission =
  | "public"
  | "projects:read"
  | "projects:write"
  | "keys:read"
  | "keys:write"
  | "quickstart:read"
  | "traces:read"
  | "overview:read"
  | "changes:read"
  | "blobs:read"
  | "models:read"
  | "system:read"
  | "spool:read"
  | "spool:write"
  | "session:read"
  | "session:write"
  | "links:write";

/** Who is calling. */
export type Principal =
  | { kind: "anonymous" }
  /** A person with a console session. */
  | { kind: "session"; sessionId: string; userId: string; name: string }
  /** The command line on the same machine, with the content of `WEIR_HOME/admin-token`. */
  | { kind: "admin-token" }
  /** An application with a project key: it reads its own project and nothing else. */
  | { kind: "project-key"; keyId: string; projectId: string };

const projectKeyPermissions: ReadonlySet<Permission> = new Set([
  "public",
  "traces:read",
  "overview:read",
  "changes:read",
  "blobs:read",
  "models:read",
]);

/** True when such a principal may use a route that asks for `permission`. What is not granted here is denied. */
export function isAllowed(options: { kind: Principal["kind"]; permission: Permission }): boolean {
  switch (options.kind) {
    case "anonymous":
      return options.permission === "public";
    case "project-key":
      return projectKeyPermissions.has(options.permission);
    case "session":
      return options.permission !== "links:write";
    case "admin-token":
      // Signing out or reading "my session" means nothing without a session.
      return options.permission !== "session:read" && options.permission !== "session:write";
  }
}
