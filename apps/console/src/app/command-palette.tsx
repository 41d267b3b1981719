import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Command, defaultFilter } from "cmdk";
import {
  CornerDownLeft,
  GitCompareArrows,
  Keyboard,
  ListFilter,
  LogOut,
  SunMoon,
  Waypoints,
} from "lucide-react";
import { useState, type ReactNode } from "react";
import { sessionQuery } from "../api/queries.ts";
import { shortId } from "../components/format.ts";
import { KeyHint } from "../components/key-hint.tsx";
import { navigation } from "./navigation.ts";
import { carried } from "./rail.tsx";
import { useSignOut } from "./sign-out.ts";
import { useTheme } from "./theme.ts";
import { rangePresets, writeRange } from "./time-range.ts";
import { useConsoleSearch } from "./use-console-search.ts";

const itemClass =
  "flex h-8 cursor-default items-center gap-2 rounded-sm px-2 data-[selected=true]:bg-pressed [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted";

/** Below this score a command has the letters that were typed, but no word that begins with them. */
const scoreMin = 0.1;

function scoreOf(value: string, typed: string): number {
  const score = defaultFilter(value, typed);
  return score < scoreMin ? 0 : score;
}

type Done = (run: () => void) => () => void;

/** ⌘K: go anywhere, jump to a trace by its id, change range, theme or project. Loaded when it is first opened. */
export function CommandPalette({ onClose, onHelp }: { onClose: () => void; onHelp: () => void }): ReactNode {
  const [text, setText] = useState("");
  const navigate = useNavigate();
  const { search, changeSearch } = useConsoleSearch();
  const { data: session } = useQuery(sessionQuery);
  const { toggleTheme } = useTheme();
  const signOut = useSignOut();
  const typed = text.trim();
  const ids = readTraceIds(typed);
  const done: Done = (run) => () => {
    onClose();
    run();
  };
  return (
    <Command.Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      label="Commands"
      loop
      filter={scoreOf}
      overlayClassName="fixed inset-0 z-50 bg-scrim"
      contentClassName="enter-float fixed top-[12vh] left-1/2 z-50 w-[min(600px,calc(100vw-24px))] -translate-x-1/2 overflow-hidden rounded-md bg-raised shadow-float"
    >
      <Command.Input
        value={text}
        onValueChange={setText}
        placeholder="Go to a page, a trace id, a search…"
        className="h-11 w-full border-b border-line bg-transparent px-4 text-heading outline-none"
      />
      <Command.List className="max-h-[50vh] scroll-py-2 overflow-y-auto p-2 [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-label [&_[cmdk-group-heading]]:text-muted">
        {ids.length === 0 ? null : <TraceCommands typed={typed} ids={ids} done={done} />}
        <Command.Group heading="Go to">
          {navigation.flatMap(({ label, entries }) =>
            entries.map((entry) => (
              <Command.Item
                key={entry.to}
                value={`${entry.label} ${label}`}
                className={itemClass}
                onSelect={done(() => {
                  void navigate({ to: entry.to, search: carried });
                })}
              >
                <entry.icon /> {entry.label}
                <span className="ml-auto">
                  <KeyHint keys={`G ${entry.letter.toUpperCase()}`} />
                </span>
              </Command.Item>
            )),
          )}
        </Command.Group>
        <Command.Group heading="Time range">
          {rangePresets.map(({ last, label }) => (
            <Command.Item
              key={last}
              value={`${label} ${last} time range`}
              className={itemClass}
              onSelect={done(() => changeSearch(writeRange({ kind: "relative", last })))}
            >
              <CornerDownLeft /> {label}
            </Command.Item>
          ))}
        </Command.Group>
        {session === undefined || session.projects.length < 2 ? null : (
          <Command.Group heading="Project">
            {session.projects.map((project) => (
              <Command.Item
                key={project.projectId}
                value={`project ${project.name} ${project.projectId}`}
                className={itemClass}
                onSelect={done(() => {
                  void navigate({ to: ".", search: { ...carried(search), project: project.projectId } });
                })}
              >
                <CornerDownLeft /> {project.name}
              </Command.Item>
            ))}
          </Command.Group>
        )}
        <Command.Group heading="Console">
          <Command.Item value="light dark theme toggle" className={itemClass} onSelect={done(toggleTheme)}>
            <SunMoon /> Switch between light and dark
          </Command.Item>
          <Command.Item value="keyboard shortcuts keys help" className={itemClass} onSelect={done(onHelp)}>
            <Keyboard /> Keys of this page
          </Command.Item>
          <Command.Item value="sign out log out" className={itemClass} onSelect={done(signOut)}>
            <LogOut /> Sign out
          </Command.Item>
        </Command.Group>
        {/* After whatever bears the name that was typed, which Enter then takes. */}
        {typed === "" || ids.length > 0 ? null : <TraceCommands typed={typed} ids={ids} done={done} />}
      </Command.List>
    </Command.Dialog>
  );
}

/** The one or two trace ids that were typed or pasted, if they are all that was. */
function readTraceIds(typed: string): string[] {
  const [, ...ids] = /^([0-9a-f]{32})(?:[\s,]+([0-9a-f]{32}))?$/.exec(typed.toLowerCase()) ?? [];
  return ids.filter((id) => id !== undefined);
}

/** Opens the trace whose id was typed, compares two; searches for anything else. */
function TraceCommands({
  typed,
  ids,
  done,
}: {
  typed: string;
  ids: readonly string[];
  done: Done;
}): ReactNode {
  const navigate = useNavigate();
  const [traceId, otherId] = ids;
  return (
    <Command.Group heading="Traces" forceMount>
      {traceId === undefined || otherId !== undefined ? null : (
        <Command.Item
          forceMount
          value={`open trace ${typed}`}
          className={itemClass}
          onSelect={done(() => {
            void navigate({
              to: "/traces/$traceId",
              params: { traceId },
              search: (previous) => ({ project: previous.project, zone: previous.zone }),
            });
          })}
        >
          <Waypoints /> <span className="shrink-0">Open trace</span>
          <code className="truncate">{traceId}</code>
        </Command.Item>
      )}
      {traceId === undefined || otherId === undefined ? null : (
        <Command.Item
          forceMount
          value={`compare traces ${typed}`}
          className={itemClass}
          onSelect={done(() => {
            void navigate({
              to: "/traces/compare",
              search: (previous) => ({ ...carried(previous), left: traceId, right: otherId }),
            });
          })}
        >
          <GitCompareArrows /> Compare <code className="truncate">{shortId(traceId)}</code> with{" "}
          <code className="truncate">{shortId(otherId)}</code>
        </Command.Item>
      )}
      <Command.Item
        forceMount
        value={`find in traces ${typed}`}
        className={itemClass}
        onSelect={done(() => {
          void navigate({ to: "/traces", search: (previous) => ({ ...carried(previous), filter: typed }) });
        })}
      >
        <ListFilter /> <span className="shrink-0">Find in traces:</span>
        <span className="truncate font-medium">{typed}</span>
      </Command.Item>
    </Command.Group>
  );
}
