import { createContext, use, type MouseEvent, type ReactNode } from "react";
import { filterTerm, type TraceNavigation } from "./navigation.ts";

export interface TraceNavigator {
  go: (to: TraceNavigation) => void;
  /** The URL of a destination, so that a link can be opened in a new tab; absent where there is no router. */
  hrefOf: ((to: TraceNavigation) => string) | undefined;
}

const NavigatorContext = createContext<TraceNavigator>({ go: () => undefined, hrefOf: undefined });

export const NavigatorProvider = NavigatorContext.Provider;
export const useNavigator = (): TraceNavigator => use(NavigatorContext);

/** A link to somewhere in the console; a plain click goes through the router, any other is the browser's. */
export function TraceLink({
  to,
  title,
  className,
  children,
}: {
  to: TraceNavigation;
  title?: string;
  className?: string;
  children: ReactNode;
}): ReactNode {
  const { go, hrefOf } = useNavigator();
  const titled = title === undefined ? {} : { title };
  if (hrefOf === undefined) {
    return (
      <button type="button" {...titled} className={`text-left ${className ?? ""}`} onClick={() => go(to)}>
        {children}
      </button>
    );
  }
  const follow = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={hrefOf(to)} {...titled} className={className} onClick={follow}>
      {children}
    </a>
  );
}

/** A value that leads to the traces which have it too. */
export function FilterLink({
  field,
  value,
  children,
}: {
  field: string;
  value: string;
  children?: ReactNode;
}): ReactNode {
  return (
    <TraceLink
      to={{ type: "filter", filter: filterTerm(field, value) }}
      title={`Show traces with ${filterTerm(field, value)}`}
      className="rounded-sm text-accent-text [overflow-wrap:anywhere] hover:underline"
    >
      {children ?? value}
    </TraceLink>
  );
}
