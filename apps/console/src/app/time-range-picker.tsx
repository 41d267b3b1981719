import { CalendarClock } from "lucide-react";
import { useState, type FormEvent, type ReactNode } from "react";
import { Button } from "../components/button.tsx";
import { inputClass } from "../components/field.tsx";
import { Popover } from "../components/popover.tsx";
import {
  describeRange,
  rangeBetween,
  rangePresets,
  readRange,
  resolveRange,
  writeRange,
} from "./time-range.ts";
import { useConsoleSearch, useTimeZone } from "./use-console-search.ts";
import { instantOfWallTime, wallTimeOfInstant, zoneName } from "./zoned-time.ts";

/** Range and zone of the open page: presets, any two instants, any zone. */
export function TimeRangePicker(): ReactNode {
  const { search, changeSearch } = useConsoleSearch();
  const [open, setOpen] = useState(false);
  const range = readRange(search);
  const zone = useTimeZone();
  const text = describeRange(range, zone);
  return (
    <Popover
      label="Time range"
      align="end"
      open={open}
      onOpenChange={setOpen}
      className="w-[340px] p-0"
      trigger={
        <Button variant="ghost">
          <CalendarClock />
          <span className="sr-only">Time range: </span>
          <span className="hidden max-w-64 truncate narrow:inline">{text}</span>
          <span className="narrow:hidden">{range.kind === "relative" ? range.last : "Range"}</span>
          {zone === "local" ? null : (
            <span className="hidden text-label text-muted medium:inline">{zone.replaceAll("_", " ")}</span>
          )}
        </Button>
      }
    >
      <div className="grid grid-cols-2 gap-0.5 border-b border-line p-2">
        {rangePresets.map((preset) => {
          const current = range.kind === "relative" && range.last === preset.last;
          return (
            <button
              key={preset.last}
              type="button"
              aria-pressed={current}
              className={`flex h-7 items-center rounded-sm px-2 text-left hover:bg-hover ${current ? "bg-accent-soft font-medium text-accent-text" : ""}`}
              onClick={() => {
                changeSearch(writeRange({ kind: "relative", last: preset.last }));
                setOpen(false);
              }}
            >
              {preset.label}
            </button>
          );
        })}
      </div>
      <AbsoluteRange key={`${text}${zone}`} onDone={() => setOpen(false)} />
      <ZoneChoice />
    </Popover>
  );
}

function AbsoluteRange({ onDone }: { onDone: () => void }): ReactNode {
  const { search, changeSearch } = useConsoleSearch();
  const zone = useTimeZone();
  const [bounds] = useState(() => {
    const { from, to } = resolveRange(readRange(search), Date.now());
    return { from: Date.parse(from), to: to === undefined ? Date.now() : Date.parse(to) };
  });
  const [fromText, setFromText] = useState(wallTimeOfInstant(bounds.from, zone));
  const [toText, setToText] = useState(wallTimeOfInstant(bounds.to, zone));
  const start = instantOfWallTime(fromText, zone);
  const end = instantOfWallTime(toText, zone);
  const problem =
    start === null || end === null
      ? "Both need a date and a time."
      : start >= end
        ? "The start must lie before the end."
        : null;
  const apply = (event: FormEvent): void => {
    event.preventDefault();
    if (problem !== null || start === null || end === null) return;
    changeSearch(writeRange(rangeBetween({ start, end })));
    onDone();
  };
  return (
    <form onSubmit={apply} className="flex flex-col gap-2 p-3">
      {(
        [
          ["From", fromText, setFromText],
          ["To", toText, setToText],
        ] as const
      ).map(([label, value, change]) => (
        <label key={label} className="flex items-center gap-2 text-label text-soft">
          <span className="w-9">{label}</span>
          <input
            type="datetime-local"
            step={1}
            value={value}
            onChange={(event) => change(event.target.value)}
            className={`${inputClass} flex-1`}
          />
        </label>
      ))}
      <div className="flex items-center justify-between gap-2">
        <output className="text-table text-bad-text">{problem}</output>
        <Button type="submit" variant="primary" disabled={problem !== null}>
          Show this range
        </Button>
      </div>
    </form>
  );
}

const allZones = typeof Intl.supportedValuesOf === "function" ? Intl.supportedValuesOf("timeZone") : [];

function ZoneChoice(): ReactNode {
  const { changeSearch } = useConsoleSearch();
  const zone = useTimeZone();
  return (
    <label className="flex items-center gap-2 border-t border-line p-3 text-label text-soft">
      Times in
      <select
        value={zone}
        onChange={(event) => {
          changeSearch({ zone: event.target.value === "local" ? undefined : event.target.value });
        }}
        className={`${inputClass} flex-1`}
      >
        <option value="local">My zone ({zoneName("local").replaceAll("_", " ")})</option>
        <option value="UTC">UTC</option>
        {allZones.map((name) => (
          <option key={name} value={name}>
            {name.replaceAll("_", " ")}
          </option>
        ))}
      </select>
    </label>
  );
}
