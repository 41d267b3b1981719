import type { ToolDefinition } from "@weir/schema";
import type { ReactNode } from "react";
import { isBranch, isRecord } from "../json/json-value.ts";
import { JsonView } from "../json/json-view.tsx";
import { positioned } from "../position-keys.ts";
import { Disclosure } from "../span/disclosure.tsx";
import { MarkdownView } from "./markdown-view.tsx";

/** A line that opens to more, used above a conversation. */
function SettingsLine({
  title,
  brief,
  children,
}: {
  title: string;
  brief: ReactNode;
  children: ReactNode;
}): ReactNode {
  return (
    <Disclosure
      className="border-t border-line first:border-t-0"
      summaryClass="h-8 px-4 text-table"
      summary={
        <>
          <span className="shrink-0 font-medium">{title}</span>
          <span className="min-w-0 flex-1 truncate text-muted">{brief}</span>
        </>
      }
    >
      <div className="px-4 pb-3">{children}</div>
    </Disclosure>
  );
}

/** Sampling and other parameters as the caller sent them. */
export function ParameterList({ parameters }: { parameters: Readonly<Record<string, unknown>> }): ReactNode {
  const names = Object.keys(parameters);
  if (names.length === 0) return null;
  const brief = names
    .map((name) => (isBranch(parameters[name]) ? name : `${name} ${JSON.stringify(parameters[name])}`))
    .join(" · ");
  return (
    <SettingsLine title="Parameters" brief={brief}>
      <JsonView value={parameters} label="Parameters" openDepth={1} />
    </SettingsLine>
  );
}

/** The tools that the caller offered, each with what it takes. */
export function ToolList({ tools }: { tools: readonly ToolDefinition[] }): ReactNode {
  if (tools.length === 0) return null;
  return (
    <SettingsLine
      title={`${tools.length} ${tools.length === 1 ? "tool" : "tools"} offered`}
      brief={tools.map((tool) => tool.name).join(" · ")}
    >
      <ul className="flex flex-col gap-3">
        {positioned(tools).map(({ key, item: tool }) => (
          <li key={key}>
            <p className="font-mono text-table font-medium">{tool.name}</p>
            {tool.description === "" ? null : (
              <div className="mt-0.5 max-w-[720px] text-soft">
                <MarkdownView text={tool.description} />
              </div>
            )}
            <ToolParameters parameters={tool.parameters} />
          </li>
        ))}
      </ul>
    </SettingsLine>
  );
}

const typeOf = (schema: unknown): string => {
  if (!isRecord(schema)) return "";
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (typeof schema.type === "string") return schema.type;
  return Array.isArray(schema.type) ? schema.type.join(" | ") : "";
};

/** A JSON schema of an object as a table; any other schema as the tree that it is. */
function ToolParameters({ parameters }: { parameters: unknown }): ReactNode {
  const properties = isRecord(parameters) && isRecord(parameters.properties) ? parameters.properties : null;
  if (properties === null) {
    return isBranch(parameters) ? <JsonView value={parameters} label="Parameters" /> : null;
  }
  const required: unknown[] =
    isRecord(parameters) && Array.isArray(parameters.required) ? parameters.required : [];
  return (
    <table className="mt-1 w-full border-collapse text-table">
      <tbody>
        {Object.entries(properties).map(([name, schema]) => (
          <tr key={name} className="border-t border-line align-top">
            <th scope="row" className="py-1 pr-3 text-left font-mono font-normal whitespace-nowrap">
              {name}
              {required.includes(name) ? <span className="ml-1 font-sans text-muted">required</span> : null}
            </th>
            <td className="py-1 pr-3 font-mono text-soft [overflow-wrap:anywhere]">{typeOf(schema)}</td>
            <td className="py-1 text-soft">
              {isRecord(schema) && typeof schema.description === "string" ? schema.description : ""}
              {isRecord(schema) && (isBranch(schema.properties) || isBranch(schema.items)) ? (
                <JsonView
                  value={schema.properties ?? schema.items}
                  label={`Schema of ${name}`}
                  openDepth={0}
                />
              ) : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
