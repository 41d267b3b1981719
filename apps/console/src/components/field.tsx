import { clsx } from "clsx";
import { useId, type ComponentProps, type ReactNode } from "react";

/** The looks of every single-line input. */
export const inputClass =
  "h-8 w-full rounded-md border border-line-strong bg-surface px-2.5 text-body placeholder:text-muted focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 disabled:opacity-60";

/** Label above, help and error below, and the error said to screen readers. Nothing is lost when a save fails. */
export function TextField({
  label,
  help,
  error,
  className,
  ...rest
}: Omit<ComponentProps<"input">, "id"> & {
  label: string;
  help?: ReactNode;
  error?: string | undefined;
}): ReactNode {
  const id = useId();
  const noteId = `${id}-note`;
  const note = error ?? help;
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1 block text-label text-soft">
        {label}
      </label>
      <input
        id={id}
        className={clsx(inputClass, error !== undefined && "border-bad")}
        aria-invalid={error !== undefined}
        {...(note === undefined ? {} : { "aria-describedby": noteId })}
        {...rest}
      />
      {note === undefined ? null : (
        <p
          id={noteId}
          className={clsx("mt-1 text-table", error === undefined ? "text-muted" : "text-bad-text")}
        >
          {note}
        </p>
      )}
    </div>
  );
}
