import { z } from "zod";
import { defineRoute } from "../../api/define-route.ts";
import type { Capability } from "../../capability.ts";
import { notFound } from "../../errors.ts";
import { projectHasBlob } from "./queries.ts";

/** Media that a browser shows without running anything in it; everything else is only ever saved. */
const shownInline = /^(image\/(png|jpeg|gif|webp|avif)|audio\/[\w.+-]+|video\/(mp4|webm)|text\/plain)$/;

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
      result: z.string().meta({ description: "The bytes." }),
      handle: async (call) => {
        const { sha256 } = call.params;
        const { projectId, signal } = call;
        const blob = await blobs.read(sha256);
        // Files are stored once for all projects; whoever may see one project only must have met the file there.
        const visible =
          blob !== null &&
          (call.principal.kind !== "project-key" ||
            (await projectHasBlob(clickhouse, { projectId, sha256, signal })));
        if (!visible) throw notFound({ what: "blob", id: sha256 });
        const mediaType = blob.mediaType.split(";")[0]?.trim().toLowerCase() ?? "";
        const inline = shownInline.test(mediaType);
        return new Response(new Uint8Array(blob.bytes), {
          headers: {
            "content-type": inline ? mediaType : "application/octet-stream",
            "content-disposition": `${inline ? "inline" : "attachment"}; filename="${sha256.slice(0, 16)}"`,
            // Whatever an application sent is shown as data: no script, no request, no form.
            "content-security-policy":
              "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'none'",
            "x-content-type-options": "nosniff",
            "cache-control": "private, max-age=31536000, immutable",
          },
        });
      },
    }),
  ],
};
