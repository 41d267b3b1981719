import { asText, AttributeBag } from "./attribute-bag.ts";
import type { OtlpLimits } from "./limits.ts";
import type { Attributes, OtlpSpanGroup } from "./span.ts";
import { cutText } from "./warnings.ts";
import type { Warnings } from "./warnings.ts";

/** What the spans of one resource and scope have in common. */
export interface ResourceFacts {
  serviceName: string;
  environment: string;
  release: string;
  /** Everything else, under `resource.` and `scope.`, for the rows' `attributes`. */
  attributes: Readonly<Record<string, string>>;
}

interface ReadOptions {
  limits: OtlpLimits;
  warnings: Warnings;
}

/** Reads the resources of one export, each once: one with many attributes may have many scopes. */
export function createResourceReader(options: ReadOptions): (group: OtlpSpanGroup) => ResourceFacts {
  const known = new Map<Attributes, ResourceFacts>();
  return (group) => {
    const facts = known.get(group.resource) ?? readResource(group.resource, options);
    known.set(group.resource, facts);
    return { ...facts, attributes: { ...facts.attributes, ...readScope(group, options) } };
  };
}

function readResource(resource: Attributes, { limits, warnings }: ReadOptions): ResourceFacts {
  const bag = new AttributeBag(resource);
  const name = (...names: string[]): string =>
    cutText(bag.text(...names), { maxCharacters: limits.nameMaxCharacters, what: "A name", warnings });
  const serviceName = name("service.name");
  const environment = name("deployment.environment.name", "deployment.environment");
  const release = name("service.version");
  const maxCharacters = limits.attributeValueMaxCharacters;
  const attributes: Record<string, string> = {};
  let count = 0;
  for (const [key, value] of bag.left()) {
    if (value === null) continue;
    if (count === limits.attributesMax) {
      warnings.add(`Attributes beyond ${limits.attributesMax} of a resource were left out`);
      break;
    }
    count += 1;
    attributes[`resource.${key}`] = cutText(asText(value), { maxCharacters, what: "An attribute", warnings });
  }
  return { serviceName, environment, release, attributes };
}

function readScope(group: OtlpSpanGroup, { limits, warnings }: ReadOptions): Record<string, string> {
  const cut = (text: string): string =>
    cutText(text, { maxCharacters: limits.nameMaxCharacters, what: "A name", warnings });
  return {
    ...(group.scopeName === "" ? {} : { "scope.name": cut(group.scopeName) }),
    ...(group.scopeVersion === "" ? {} : { "scope.version": cut(group.scopeVersion) }),
  };
}
