import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import { CircleHelp, Keyboard, LogOut, Monitor, Moon, Sun } from "lucide-react";
import type { ReactNode } from "react";
import { sessionQuery } from "../api/queries.ts";
import { Menu, MenuItem, MenuLabel, MenuSeparator } from "../components/menu.tsx";
import { Tooltip } from "../components/tooltip.tsx";
import { KeyHint } from "../components/key-hint.tsx";
import { findEntry, navigation, type NavigationEntry } from "./navigation.ts";
import { ProjectSwitcher } from "./project-switcher.tsx";
import { carriedNames, type ConsoleSearch } from "./search-params.ts";
import { useSignOut } from "./sign-out.ts";
import { useTheme } from "./theme.ts";

/** What a link in the rail takes along: project, range and zone, but no filter and no open row. */
export function carried(search: ConsoleSearch): ConsoleSearch {
  const kept: ConsoleSearch = {};
  for (const name of carriedNames) if (search[name] !== undefined) kept[name] = search[name];
  return kept;
}

/** `wide` shows words at every width, for the sheet that narrow screens open. */
export function Rail({ wide = false, onHelp }: { wide?: boolean; onHelp: () => void }): ReactNode {
  const { pathname } = useLocation();
  const current = findEntry(pathname)?.entry;
  return (
    <nav aria-label="Main" className="flex h-full flex-col border-r border-line bg-canvas">
      <div className="flex h-(--topbar-height) shrink-0 items-center border-b border-line px-2">
        <ProjectSwitcher wide={wide} />
      </div>
      <div className="flex min-h-0 flex-1 flex-col gap-3 overflow-y-auto px-2 py-3">
        {navigation.map((group) => (
          <div key={group.label} className={group.label === "Settings" ? "mt-auto" : undefined}>
            <div className={`mb-1 px-2 text-label text-muted ${wide ? "" : "hidden wide:block"}`}>
              {group.label}
            </div>
            <ul className="flex flex-col gap-0.5">
              {group.entries.map((entry) => (
                <li key={entry.to}>
                  <RailLink entry={entry} current={entry === current} wide={wide} />
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
      <div className="flex shrink-0 items-center border-t border-line p-2">
        <ReaderMenu wide={wide} onHelp={onHelp} />
      </div>
    </nav>
  );
}

function RailLink({
  entry,
  current,
  wide,
}: {
  entry: NavigationEntry;
  current: boolean;
  wide: boolean;
}): ReactNode {
  const Icon = entry.icon;
  return (
    <Tooltip
      side="right"
      content={
        <span className="flex items-center gap-2">
          {entry.label} <KeyHint keys={`G ${entry.letter.toUpperCase()}`} />
        </span>
      }
    >
      <Link
        to={entry.to}
        search={carried}
        aria-current={current ? "page" : undefined}
        className={`flex h-7 items-center gap-2 rounded-md px-2 ${wide ? "" : "justify-center wide:justify-start"} ${current ? "bg-pressed font-medium text-text" : "text-soft hover:bg-hover hover:text-text"}`}
      >
        <Icon className="size-4 shrink-0 stroke-[1.75]" />
        <span className={wide ? "" : "sr-only wide:not-sr-only"}>{entry.label}</span>
      </Link>
    </Tooltip>
  );
}

function ReaderMenu({ wide, onHelp }: { wide: boolean; onHelp: () => void }): ReactNode {
  const { data: session } = useQuery(sessionQuery);
  const { theme, setTheme } = useTheme();
  const signOut = useSignOut();
  const name = session?.user.name ?? "";
  return (
    <Menu
      align="start"
      trigger={
        <button
          type="button"
          className="flex h-8 w-full min-w-0 items-center gap-2 rounded-md px-1.5 hover:bg-hover"
        >
          <span
            aria-hidden="true"
            className="flex size-6 shrink-0 items-center justify-center rounded-full bg-accent-soft text-label font-semibold text-accent-text"
          >
            {name.slice(0, 1).toUpperCase()}
          </span>
          <span className={`truncate text-soft ${wide ? "" : "sr-only wide:not-sr-only"}`}>{name}</span>
          <span className="sr-only">: appearance, keys, sign out</span>
        </button>
      }
    >
      <MenuLabel>Appearance</MenuLabel>
      {(
        [
          ["system", "As the system", Monitor],
          ["light", "Light", Sun],
          ["dark", "Dark", Moon],
        ] as const
      ).map(([value, label, Icon]) => (
        <MenuItem key={value} onSelect={() => setTheme(value)}>
          <Icon /> {label}
          {theme === value ? <span className="ml-auto pl-4 text-table text-muted">chosen</span> : null}
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuItem onSelect={onHelp} keys="?">
        <Keyboard /> Keys of this page
      </MenuItem>
      <MenuItem onSelect={signOut}>
        <LogOut /> Sign out
      </MenuItem>
      <MenuSeparator />
      <MenuLabel>
        <span className="flex items-center gap-1">
          <CircleHelp className="size-3" /> Weir {session?.version ?? ""}
        </span>
      </MenuLabel>
    </Menu>
  );
}
