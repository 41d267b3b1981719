import { Link, useLocation, useParams } from "@tanstack/react-router";
import { Menu as MenuIcon, Search } from "lucide-react";
import type { ReactNode } from "react";
import { Button, IconButton } from "../components/button.tsx";
import { shortId } from "../components/format.ts";
import { KeyHint } from "../components/key-hint.tsx";
import { SwitchMark } from "../components/switch-mark.tsx";
import { Tooltip } from "../components/tooltip.tsx";
import { HealthDot } from "./health.tsx";
import { findEntry, nameBelow } from "./navigation.ts";
import { carried } from "./rail.tsx";
import { TimeRangePicker } from "./time-range-picker.tsx";
import { readRange } from "./time-range.ts";
import { useConsoleSearch } from "./use-console-search.ts";

/** Where one is, which time one looks at, and how everything is. */
export function TopBar({ onPalette, onRail }: { onPalette: () => void; onRail: () => void }): ReactNode {
  const { pathname } = useLocation();
  const entry = findEntry(pathname)?.entry;
  const timed = entry?.timed === true && pathname === entry.to;
  return (
    <header className="flex h-(--topbar-height) shrink-0 items-center gap-1 border-b border-line bg-surface pr-2 pl-2 narrow:pl-4">
      <IconButton label="Open the menu" onClick={onRail} className="narrow:hidden">
        <MenuIcon />
      </IconButton>
      <Breadcrumb />
      <div className="ml-auto flex shrink-0 items-center gap-0.5 narrow:gap-1">
        {timed ? (
          <>
            <TimeRangePicker />
            <LiveSwitch />
          </>
        ) : null}
        <Button variant="ghost" onClick={onPalette} className="max-medium:hidden">
          <Search />
          <span className="sr-only">Search and commands</span>
          <KeyHint keys="mod K" />
        </Button>
        <IconButton label="Search and commands" keys="mod K" onClick={onPalette} className="medium:hidden">
          <Search />
        </IconButton>
        <HealthDot />
      </div>
    </header>
  );
}

function Breadcrumb(): ReactNode {
  const { pathname } = useLocation();
  const { traceId } = useParams({ strict: false });
  const found = findEntry(pathname);
  if (found === undefined) return <span className="truncate font-medium">Weir</span>;
  const { group, entry } = found;
  const below = traceId === undefined ? nameBelow(pathname) : shortId(traceId);
  return (
    <nav aria-label="Breadcrumb" className="min-w-0">
      <ol className="flex min-w-0 items-center gap-1.5">
        <li className="hidden text-muted medium:block">{group.label}</li>
        <li aria-hidden="true" className="hidden text-muted medium:block">
          /
        </li>
        {below === undefined ? (
          <li className="truncate">
            <h1 aria-current="page" className="truncate text-body font-medium">
              {entry.label}
            </h1>
          </li>
        ) : (
          <>
            <li>
              <Link
                to={entry.to}
                search={(previous) => ({ ...carried(previous), filter: previous.filter })}
                className="text-soft hover:text-text hover:underline"
              >
                {entry.label}
              </Link>
            </li>
            <li aria-hidden="true" className="text-muted">
              /
            </li>
            <li className="truncate">
              <h1
                aria-current="page"
                className={`truncate font-medium ${traceId === undefined ? "text-body" : "font-mono text-table"}`}
                title={traceId}
              >
                {below}
              </h1>
            </li>
          </>
        )}
      </ol>
    </nav>
  );
}

/** Follows what arrives. A range that has ended cannot be live. */
function LiveSwitch(): ReactNode {
  const { search, changeSearch } = useConsoleSearch();
  const possible = readRange(search).kind === "relative";
  const live = possible && search.live === "on";
  return (
    <Tooltip
      side="bottom"
      content={
        possible ? (
          <span className="flex items-center gap-2">
            {live ? "Stop following" : "Follow what arrives"} <KeyHint keys="L" />
          </span>
        ) : (
          "Live needs a range that ends now, such as the last hour."
        )
      }
    >
      <button
        type="button"
        role="switch"
        aria-checked={live}
        aria-disabled={!possible}
        onClick={() => {
          if (possible) changeSearch({ live: live ? undefined : "on" });
        }}
        className={`flex h-7 items-center gap-1.5 rounded-md px-2 ${possible ? "hover:bg-hover" : "cursor-not-allowed opacity-50"} ${live ? "text-text" : "text-soft"}`}
      >
        <SwitchMark on={live} />
        Live
      </button>
    </Tooltip>
  );
}
