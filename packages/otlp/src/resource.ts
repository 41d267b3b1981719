import { asText, AttributeBag } from "./attribute-bag.ts";
import type { OtlpLimits } from "./limits.ts";
import type { OtlpSpanGroup } from "./span.ts";
import { cutText } from "./warnings.ts";
import type { Warnings } from "./warnings.ts";

/** What the spans of one resource and scope have in common, worked out once. */
export interface ResourceFacts {
  serviceName: string;
  environment: string;
  release: string;
  /** Everything else, under `resource.` and `scope.`, for the rows' `attributes`. */
  attributes: Readonly<Record<string, string>>;
}

export function resourceFacts(
  group: OtlpSpanGroup,
  { limits, warnings }: { limits: OtlpLimits; warnings: Warnings },
): ResourceFacts {
  // Several scopes have the same resource, so what is taken here must not be missing there.
  const bag = new AttributeBag(new Map(group.resource));
  const serviceName = bag.text("service.name");
  const environment = bag.text("deployment.environment.name", "deployment.environment");
  const release = bag.text("service.version");
  const attributes: Record<string, string> = {};
  let count = 0;
  for (const [name, value] of bag.left()) {
    if (value === null) continue;
    if (count === limits.attributesMax) {
      warnings.add(`Attributes beyond ${limits.attributesMax} of a resource were left out`);
      break;
    }
    count += 1;
    const maxCharacters = limits.attributeValueMaxCharacters;
    attributes[`resource.${name}`] = cutText(asText(value), {
      maxCharacters,
      what: "An attribute",
      warnings,
    });
  }
  if (group.scopeName !== "") attributes["scope.name"] = group.scopeName;
  if (group.scopeVersion !== "") attributes["scope.version"] = group.scopeVersion;
  return { serviceName, environment, release, attributes };
}
