import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { createdApiKeySchema, type Quickstart } from "@weir/schema";
import { KeyRound } from "lucide-react";
import { useState, type ReactNode } from "react";
import { callApi } from "../../api/client.ts";
import { failureOf } from "../../api/persistence.ts";
import { quickstartQuery } from "../../api/queries.ts";
import { Button } from "../../components/button.tsx";
import { CodeBlock } from "../../components/code-block.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { Skeleton } from "../../components/skeleton.tsx";
import { TabPanel, Tabs } from "../../components/tabs.tsx";
import { SimulatorBadge } from "../../components/badge.tsx";
import { snippets } from "./snippets.ts";

/** The empty project: what a trace is, why it helps, and three ways to make the first one. Goes away by itself. */
export function FirstCall({ project }: { project: string | undefined }): ReactNode {
  const quickstart = useQuery(quickstartQuery(project));
  const { data, refetch } = quickstart;
  const error = failureOf(quickstart);
  return (
    <div className="min-h-0 flex-1 overflow-auto">
      <div className="mx-auto flex w-full max-w-[720px] flex-col gap-5 px-6 py-10">
        <div className="flex flex-col gap-2">
          <h2 className="text-title">Make the first call</h2>
          <p className="max-w-[64ch] text-soft">
            Every call through Weir becomes a trace: the messages, tokens, cost, timings and errors of each
            step. Point your application’s base URL here and keep everything else as it is; the calls appear
            on this page while they happen.
          </p>
        </div>
        {error !== null && data === undefined ? (
          <ErrorState
            title="The example could not be read"
            error={error}
            onRetry={() => void refetch()}
            compact="flush"
          />
        ) : (
          <Snippets quickstart={data} project={project} />
        )}
        <Waiting />
      </div>
    </div>
  );
}

function Waiting(): ReactNode {
  return (
    <output className="flex items-start gap-2 text-soft">
      <span aria-hidden="true" className="relative mt-1.5 flex size-2 shrink-0">
        <span className="absolute inset-0 animate-ping rounded-full bg-accent opacity-60" />
        <span className="relative size-2 rounded-full bg-accent" />
      </span>
      Waiting for the first call. This page shows it as soon as it arrives.
    </output>
  );
}

function Snippets({
  quickstart,
  project,
}: {
  quickstart: Quickstart | undefined;
  project: string | undefined;
}): ReactNode {
  const [tab, setTab] = useState("curl");
  const [madeKey, setMadeKey] = useState<string | null>(null);
  const key = quickstart?.key ?? madeKey;
  const examples = quickstart === undefined ? null : snippets({ ...quickstart, key });
  const tabs = [
    { value: "curl", label: "curl" },
    { value: "openai", label: "OpenAI SDK" },
    { value: "anthropic", label: "Anthropic SDK" },
  ];
  return (
    <div className="flex flex-col gap-3">
      <Tabs label="Ways to call" value={tab} onChange={setTab} tabs={tabs} flush>
        {tabs.map(({ value }) => {
          const example = examples?.find((each) => each.id === value);
          return (
            <TabPanel key={value} value={value} className="flex flex-col gap-3 pt-3">
              {example === undefined ? (
                <Skeleton className="h-40 w-full" />
              ) : (
                <>
                  {example.install === "" ? null : (
                    <CodeBlock code={example.install} label="Copy the command" />
                  )}
                  <CodeBlock code={example.code} label="Copy the example" />
                  {example.simulated ? (
                    <p className="flex flex-wrap items-center gap-1.5 text-table text-muted">
                      <SimulatorBadge /> {example.model} answers from Weir’s own simulator, so this works
                      before any provider has a key.
                    </p>
                  ) : null}
                </>
              )}
            </TabPanel>
          );
        })}
      </Tabs>
      {quickstart !== undefined && key === null ? <MakeKey project={project} onMade={setMadeKey} /> : null}
      {madeKey === null ? null : (
        <p className="text-soft">
          The key stands in the examples now. It is not shown again once you leave this page; more are made
          under{" "}
          <Link
            to="/settings/keys"
            search={(previous) => ({ project: previous.project })}
            className="text-accent-text underline"
          >
            Keys
          </Link>
          .
        </p>
      )}
    </div>
  );
}

/** A project without a key that can be shown gets one here, since nothing works without. */
function MakeKey({
  project,
  onMade,
}: {
  project: string | undefined;
  onMade: (secret: string) => void;
}): ReactNode {
  const make = useMutation({
    mutationFn: () =>
      callApi({
        path: "/keys",
        method: "POST",
        body: { name: "First calls", projectId: project },
        schema: createdApiKeySchema,
      }),
    onSuccess: ({ secret }) => onMade(secret),
  });
  return (
    <div className="flex flex-col items-start gap-2">
      <p className="text-soft">
        There is no key of this project that could be shown. Put one of yours in the place of{" "}
        <code>$WEIR_KEY</code>, or:
      </p>
      <Button variant="primary" disabled={make.isPending} onClick={() => make.mutate()}>
        <KeyRound /> Make a key for these examples
      </Button>
      {make.error === null ? null : <ErrorState title="No key was made" error={make.error} compact="flush" />}
    </div>
  );
}
