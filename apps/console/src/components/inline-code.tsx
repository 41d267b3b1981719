import type { ReactNode } from "react";

/** Text in which `backticks` mark code, as the messages of the filter and of errors have it. */
export function InlineCode({ text }: { text: string }): ReactNode {
  let at = 0;
  return text.split("`").map((part, index) => {
    const key = at;
    at += part.length + 1;
    return index % 2 === 1 ? (
      <code key={key} className="[overflow-wrap:anywhere]">
        {part}
      </code>
    ) : (
      part
    );
  });
}
