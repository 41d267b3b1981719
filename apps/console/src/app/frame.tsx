import { Outlet, useLocation, useNavigate, useParams } from "@tanstack/react-router";
import { Dialog as RadixDialog } from "radix-ui";
import { useEffect, useState, type ReactNode } from "react";
import { shortId } from "../components/format.ts";
import { useReturnFocus } from "../components/return-focus.ts";
import { RecordingBanner } from "./health.tsx";
import { readKeptText, useKeptText } from "./kept-over-reload.ts";
import { preloadCode } from "./lazy-code.ts";
import { LazyPalette } from "./lazy-palette.tsx";
import { findEntry, nameBelow, navigation } from "./navigation.ts";
import { carried, Rail } from "./rail.tsx";
import { useRecovery } from "./recovery.ts";
import { ShortcutHelp } from "./shortcut-help.tsx";
import { useShortcutDispatch, useShortcuts } from "./shortcuts.ts";
import { readRange } from "./time-range.ts";
import { TopBar } from "./top-bar.tsx";
import { useTheme } from "./theme.ts";
import { useConsoleSearch } from "./use-console-search.ts";

/** After the page that is open, so that the palette and the other pages are there when they are called. */
function usePreloadedCode(): void {
  useEffect(() => {
    const timer = setTimeout(() => void preloadCode(), 1500);
    return () => clearTimeout(timer);
  }, []);
}

/** Rail, top bar and the page between them, for a reader who is signed in. */
export function Frame(): ReactNode {
  const [palette, setPalette] = useState(() => readKeptText("palette") !== null);
  // The palette's own code may be what the console reloads itself for.
  useKeptText("palette", palette ? "open" : null);
  const [help, setHelp] = useState(false);
  const { pathname } = useLocation();
  const { traceId } = useParams({ strict: false });
  // Open for the page it was opened on: a link in it closes it by leading elsewhere.
  const [sheetOn, setSheetOn] = useState<string | null>(null);
  useShortcutDispatch();
  usePreloadedCode();
  useRecovery();
  const { remember, giveBack } = useReturnFocus();
  const openPalette = (): void => {
    remember();
    setPalette(true);
  };
  const closePalette = (): void => {
    setPalette(false);
    // Once its focus trap is gone; a command that opened something else has moved the focus there.
    setTimeout(() => {
      if (document.activeElement === document.body) giveBack();
    });
  };
  useFrameShortcuts({ onPalette: palette ? closePalette : openPalette, onHelp: () => setHelp(true) });
  useEffect(() => {
    // Tabs of several traces can be told apart.
    const below = traceId === undefined ? nameBelow(pathname) : `Trace ${shortId(traceId)}`;
    const name = below ?? findEntry(pathname)?.entry.label;
    document.title = name === undefined ? "Weir" : `${name} · Weir`;
  }, [pathname, traceId]);
  return (
    <div className="grid h-full grid-cols-1 narrow:grid-cols-[var(--rail-width)_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:top-1 focus:left-1 focus:z-60 focus:rounded-md focus:bg-raised focus:px-3 focus:py-1.5 focus:shadow-float"
      >
        Skip to the content
      </a>
      <div className="hidden min-h-0 narrow:block">
        <Rail onHelp={() => setHelp(true)} />
      </div>
      <div className="flex min-h-0 min-w-0 flex-col bg-surface">
        <TopBar onPalette={openPalette} onRail={() => setSheetOn(pathname)} />
        <RecordingBanner />
        <main id="content" tabIndex={-1} className="relative flex min-h-0 flex-1 flex-col outline-none">
          <Outlet />
        </main>
      </div>
      <RailSheet
        open={sheetOn === pathname}
        onOpenChange={(open) => setSheetOn(open ? pathname : null)}
        onHelp={() => setHelp(true)}
      />
      <ShortcutHelp open={help} onClose={() => setHelp(false)} />
      {palette ? <LazyPalette onClose={closePalette} onHelp={() => setHelp(true)} /> : null}
    </div>
  );
}

function useFrameShortcuts({ onPalette, onHelp }: { onPalette: () => void; onHelp: () => void }): void {
  const navigate = useNavigate();
  const { toggleTheme } = useTheme();
  const { search, changeSearch } = useConsoleSearch();
  useShortcuts("Go to", [
    ...navigation.flatMap(({ entries }) =>
      entries.map((entry) => ({
        keys: `g ${entry.letter}`,
        label: entry.label,
        run: () => void navigate({ to: entry.to, search: carried }),
      })),
    ),
    { keys: "mod+k", label: "Search and commands", run: onPalette },
  ]);
  useShortcuts("Everywhere", [
    { keys: "?", label: "Keys of this page", run: onHelp },
    { keys: "shift+t", label: "Switch between light and dark", run: toggleTheme },
    {
      keys: "l",
      label: "Follow what arrives",
      run: () => {
        if (readRange(search).kind === "relative") {
          changeSearch({ live: search.live === "on" ? undefined : "on" });
        }
      },
    },
  ]);
}

/** The rail for narrow screens, over the page. */
function RailSheet({
  open,
  onOpenChange,
  onHelp,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onHelp: () => void;
}): ReactNode {
  const { remember, giveBack } = useReturnFocus();
  return (
    <RadixDialog.Root open={open} onOpenChange={onOpenChange}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className="fixed inset-0 z-40 bg-scrim narrow:hidden" />
        <RadixDialog.Content
          aria-describedby={undefined}
          onOpenAutoFocus={remember}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            giveBack();
          }}
          className="fixed inset-y-0 left-0 z-40 w-64 bg-canvas shadow-float narrow:hidden"
        >
          <RadixDialog.Title className="sr-only">Menu</RadixDialog.Title>
          <Rail wide onHelp={onHelp} />
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  );
}
