import type { PropertyFilterProps } from "@cloudscape-design/components/property-filter";
import { type AttributeKey, attributes, type Term } from "./attributes.ts";

/** The attributes as the filter's input offers them. */
export const filteringProperties: readonly PropertyFilterProps.FilteringProperty[] = attributes.map(
  ({ key, label, values }) => ({ key, propertyLabel: label, groupValuesLabel: values, operators: ["=", "!="] }),
);

/** Words without an attribute: text anywhere in the record. */
export const freeText: PropertyFilterProps.FreeTextFiltering = { operators: [":", "!:"], defaultOperator: ":" };

const isNegation = (operator: string): boolean => operator.startsWith("!");

/** What the filter's input shows, as terms; an empty one is left out. */
export function termsOf({ tokens }: PropertyFilterProps.Query): Term[] {
  return tokens.flatMap(({ propertyKey, operator, value }) => {
    const text = String(value ?? "").trim();
    const key = (propertyKey as AttributeKey | undefined) ?? "contains";
    return text === "" ? [] : [{ key, value: text, negated: isNegation(operator) }];
  });
}

/** Terms as the filter's input shows them. */
export function filterQueryOf(terms: readonly Term[]): PropertyFilterProps.Query {
  return {
    operation: "and",
    tokens: terms.map(({ key, value, negated }) =>
      key === "contains"
        ? { value, operator: negated ? "!:" : ":" }
        : { propertyKey: key, value, operator: negated ? "!=" : "=" },
    ),
  };
}
