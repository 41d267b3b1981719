import { z } from "zod";
import { defineRoute } from "../../api/define-route.ts";
import type { Capability } from "../../capability.ts";
import { notFound } from "../../errors.ts";
import { blobHeaders } from "./blob-headers.ts";
import { projectHasBlob } from "./queries.ts";

export const capability: Capability = {
  name: "blobs",
  routes: ({ blobs, clickhouse }) => [
    defineRoute({
      method: "get",
      path: "/blobs/{sha256}",
      permission: "blobs:read",
      scope: "project",
      summary: "A file that left its row, by the SHA-256 of its bytes",
      params: z.strictObject({
        sha256: z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 of 64 lower-case hex digits"),
      }),
      result: z.string().meta({ format: "binary", description: "The bytes." }),
      mediaType: "*/*",
      handle: async (call) => {
        const { sha256 } = call.params;
        const { projectId, signal } = call;
        const blob = await blobs.read(sha256);
        // Files are stored once for all projects; whoever may see one project only sees what that one brought.
        const visible =
          blob !== null &&
          (call.principal.kind !== "project-key" ||
            (blobs.belongsTo(projectId, sha256) ??
              (await projectHasBlob(clickhouse, { projectId, sha256, signal }))));
        if (!visible) throw notFound({ what: "blob", id: sha256 });
        return new Response(new Uint8Array(blob.bytes), {
          headers: blobHeaders({ sha256, mediaType: blob.mediaType }),
        });
      },
    }),
  ],
};
