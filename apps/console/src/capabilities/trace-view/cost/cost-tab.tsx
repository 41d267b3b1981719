import { isModelCall, type SpanDetail } from "@weir/schema";
import type { ReactNode } from "react";
import { exactCount, exactUsd, formatUsd } from "../../../components/format.ts";
import { StatusMark } from "../../../components/status-mark.tsx";
import { JsonView } from "../json/json-view.tsx";
import { isBranch } from "../json/json-value.ts";
import { ScrollRegion } from "../../../components/scroll-region.tsx";
import { decimalsFor, explainCost, type CostExplanation, type CostRow } from "./cost-explanation.ts";
import { TimingBreakdown } from "./timing-breakdown.tsx";

/** "Why this cost": the formula with its numbers, what to be careful about, and where the time went. */
export function CostTab({ span, compact = false }: { span: SpanDetail; compact?: boolean }): ReactNode {
  const explanation = explainCost(span);
  const called = isModelCall(span.kind) || explanation.rows.length > 0;
  return (
    <div className="flex max-w-[760px] flex-col gap-6 px-4 py-4">
      {called ? (
        <section aria-labelledby="why-this-cost">
          <h2 id="why-this-cost" className="text-heading">
            Why this cost
          </h2>
          <CostFlags explanation={explanation} />
          {span.counted ? null : (
            <p className="mt-2 text-soft">
              Another span of this trace is the same call and carries its cost, so this one is not added to
              the trace&apos;s sum.
            </p>
          )}
          {explanation.rows.length === 0 ? (
            <p className="mt-2 text-soft">No tokens were counted.</p>
          ) : (
            <CostTable span={span} explanation={explanation} compact={compact} />
          )}
          <PriceNote span={span} />
        </section>
      ) : (
        <p className="text-soft">This span is no model call, so it has no cost of its own.</p>
      )}
      <section aria-labelledby="where-the-time-went">
        <h2 id="where-the-time-went" className="mb-2 text-heading">
          Where the time went
        </h2>
        <TimingBreakdown span={span} compact={compact} />
      </section>
      {isBranch(span.usageRaw) ? (
        <section aria-labelledby="raw-usage">
          <h2 id="raw-usage" className="mb-1 text-heading">
            Usage as the provider sent it
          </h2>
          <JsonView value={span.usageRaw} label="Raw usage" openDepth={4} />
        </section>
      ) : null}
    </div>
  );
}

function CostFlags({ explanation }: { explanation: CostExplanation }): ReactNode {
  return explanation.flags.map((flag) => (
    <p
      key={flag.text}
      className={
        flag.level === "warn"
          ? "mt-2 flex rounded-md bg-warn-soft px-3 py-2 text-warn-text"
          : "mt-2 text-soft"
      }
    >
      {flag.level === "warn" ? (
        <>
          <StatusMark
            state="degraded"
            label="Careful"
            word={false}
            className="mt-1 mr-2 shrink-0 self-start"
          />
          <span>{flag.text}</span>
        </>
      ) : (
        flag.text
      )}
    </p>
  ));
}

const cell = "py-1.5 pl-3 text-right whitespace-nowrap";

function CostTable({
  span,
  explanation,
  compact,
}: {
  span: SpanDetail;
  explanation: CostExplanation;
  compact: boolean;
}): ReactNode {
  const total = span.costProof?.totalUsd ?? span.costUsd;
  const decimals = decimalsFor([...explanation.rows.map((row) => row.usd), total]);
  return (
    <ScrollRegion landmark={false} label="Cost by bucket" className="mt-2 overflow-x-auto">
      <table className="w-full border-collapse text-table">
        <thead>
          <tr className="text-label text-muted">
            <th scope="col" className="py-1 text-left font-normal">
              Bucket
            </th>
            <th scope="col" className={`${cell} font-normal`}>
              tokens
            </th>
            <th scope="col" className={`${cell} font-normal`}>
              × $ per million
            </th>
            <th scope="col" className={`${cell} font-normal`}>
              = $
            </th>
          </tr>
        </thead>
        <tbody>
          {explanation.rows.map((row) => (
            <CostTableRow key={row.bucket} row={row} decimals={decimals} compact={compact} />
          ))}
        </tbody>
        <tfoot>
          <tr className="border-t border-line-strong font-semibold">
            <th scope="row" className="py-1.5 text-left font-semibold">
              Sum
            </th>
            <td className={cell}>{exactCount(explanation.tokenSum)}</td>
            <td aria-hidden="true" />
            <td className={cell} title={exactUsd(total)}>
              {total === null ? "not known" : total.toFixed(decimals)}
            </td>
          </tr>
        </tfoot>
      </table>
    </ScrollRegion>
  );
}

function CostTableRow({
  row,
  decimals,
  compact,
}: {
  row: CostRow;
  decimals: number;
  compact: boolean;
}): ReactNode {
  return (
    <tr className="border-t border-line">
      <th scope="row" className="py-1.5 text-left font-normal">
        {row.words}
        {compact ? null : (
          <code className="ml-1.5 text-label text-muted max-narrow:hidden">{row.bucket}</code>
        )}
      </th>
      <td className={cell}>{exactCount(row.tokens)}</td>
      <td className={cell}>
        {row.usdPerMillion === null ? (
          <span className="text-warn-text">no price</span>
        ) : (
          perMillion(row.usdPerMillion)
        )}
      </td>
      <td className={cell} title={row.usd === null ? "no price known" : exactUsd(row.usd)}>
        {row.usd === null ? <span className="text-muted">–</span> : row.usd.toFixed(decimals)}
      </td>
    </tr>
  );
}

const perMillion = (usd: number): string =>
  usd < 0.1 ? String(Number(usd.toPrecision(4))) : usd.toFixed(usd * 100 === Math.round(usd * 100) ? 2 : 4);

function PriceNote({ span }: { span: SpanDetail }): ReactNode {
  const proof = span.costProof;
  if (proof === null) return null;
  const asked = span.modelAnswered || span.modelAsked;
  return (
    <dl className="mt-3 grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1 text-table">
      {proof.priceModel === "" ? null : (
        <>
          <dt className="text-muted">Price of</dt>
          <dd className="[overflow-wrap:anywhere]">
            <code>{proof.priceModel}</code>
            {asked === "" ? null : (
              <span className="text-soft">
                {" "}
                for <code>{asked}</code>
              </span>
            )}
          </dd>
        </>
      )}
      <dt className="text-muted">Price list</dt>
      <dd>
        <code>{proof.priceVersion === "" ? "none" : proof.priceVersion}</code>
      </dd>
      {span.costUsd === null || span.costUsd === proof.totalUsd ? null : (
        <>
          <dt className="text-muted">Recorded cost</dt>
          <dd title={exactUsd(span.costUsd)}>{formatUsd(span.costUsd)}</dd>
        </>
      )}
      {proof.note === "" ? null : (
        <>
          <dt className="text-muted">Note</dt>
          <dd className="text-soft [overflow-wrap:anywhere]">{proof.note}</dd>
        </>
      )}
    </dl>
  );
}
