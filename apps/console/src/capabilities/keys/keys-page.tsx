import { useQuery } from "@tanstack/react-query";
import type { ApiKey } from "@weir/schema";
import { KeyRound, Plus } from "lucide-react";
import { useState, type ReactNode } from "react";
import { failureOf } from "../../api/persistence.ts";
import { keysQuery } from "../../api/queries.ts";
import { PageBody } from "../../app/page-body.tsx";
import { useConsoleSearch, useTimeZone } from "../../app/use-console-search.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { RelativeTime } from "../../components/relative-time.tsx";
import { ScrollRegion } from "../../components/scroll-region.tsx";
import { Skeleton, skeletonWidth } from "../../components/skeleton.tsx";
import { CreateKey } from "./create-key.tsx";
import { RevokeKey } from "./revoke-key.tsx";

/** The project's keys: made, seen once, revoked. */
export function KeysPage(): ReactNode {
  const { search } = useConsoleSearch();
  const keys = useQuery(keysQuery(search.project));
  const { data, refetch } = keys;
  const error = failureOf(keys);
  const [creating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const create = (
    <Button variant="primary" onClick={() => setCreating(true)}>
      <Plus /> New key
    </Button>
  );
  return (
    <PageBody
      wide
      title="Keys"
      intro="Applications call Weir with a key of this project, in the place of the provider’s own. Give each application its own, so that one can be revoked alone."
      action={create}
    >
      {error !== null && data === undefined ? (
        <ErrorState
          title="The keys could not be read"
          error={error}
          stillWorks="Keys that exist keep opening calls."
          onRetry={() => void refetch()}
          compact="flush"
        />
      ) : data !== undefined && data.data.length === 0 ? (
        <EmptyState icon={<KeyRound />} title="No key yet" action={create}>
          A key lets an application make calls, and tells in every trace which application it was.
        </EmptyState>
      ) : (
        <KeyTable keys={data?.data} onRevoke={setRevoking} />
      )}
      <CreateKey open={creating} project={search.project} onClose={() => setCreating(false)} />
      <RevokeKey apiKey={revoking} project={search.project} onClose={() => setRevoking(null)} />
    </PageBody>
  );
}

function KeyTable({
  keys,
  onRevoke,
}: {
  keys: readonly ApiKey[] | undefined;
  onRevoke: (key: ApiKey) => void;
}): ReactNode {
  const zone = useTimeZone();
  const titles = ["Name", "Begins with", "Created", "Last used", ""];
  return (
    <ScrollRegion label="Key list" className="overflow-x-auto">
      <table className="w-full text-table">
        <thead className="text-label text-muted">
          <tr className="h-7">
            {titles.map((title) => (
              <th
                key={title}
                className={`pr-4 text-left font-normal whitespace-nowrap ${title === "Created" ? "max-narrow:hidden" : ""}`}
              >
                {title === "" ? <span className="sr-only">Actions</span> : title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {keys === undefined
            ? [0, 1, 2].map((row) => (
                <tr key={row} className="h-10 border-t border-line">
                  {titles.map((title, column) => (
                    <td key={title} className="pr-4">
                      <Skeleton width={skeletonWidth(row, column)} />
                    </td>
                  ))}
                </tr>
              ))
            : keys.map((key) => (
                <tr key={key.keyId} className="h-10 border-t border-line">
                  <td className="max-w-24 pr-4 narrow:max-w-64">
                    <span className="flex min-w-0 items-center gap-2">
                      <span
                        className={`truncate ${key.revokedAt === null ? "" : "text-muted"}`}
                        title={key.name}
                      >
                        {key.name}
                      </span>
                      {key.revokedAt === null ? null : (
                        <span className="shrink-0 max-narrow:hidden">
                          <Badge>revoked</Badge>
                        </span>
                      )}
                    </span>
                  </td>
                  <td className="pr-4 whitespace-nowrap">
                    <code>{key.prefix}</code>
                  </td>
                  <td className="pr-4 whitespace-nowrap text-soft max-narrow:hidden">
                    <RelativeTime at={key.createdAt} zone={zone} />
                  </td>
                  <td className="pr-4 whitespace-nowrap text-soft">
                    {key.lastUsedAt === null ? "never" : <RelativeTime at={key.lastUsedAt} zone={zone} />}
                  </td>
                  <td className="pr-1 text-right whitespace-nowrap">
                    {key.revokedAt === null ? (
                      <Button size="small" onClick={() => onRevoke(key)} aria-label={`Revoke ${key.name}`}>
                        Revoke
                      </Button>
                    ) : (
                      <span className="text-muted">
                        revoked{" "}
                        <span className="max-narrow:hidden">
                          <RelativeTime at={key.revokedAt} zone={zone} />
                        </span>
                      </span>
                    )}
                  </td>
                </tr>
              ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
