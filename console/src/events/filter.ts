import type { PropertyFilterProps } from "@cloudscape-design/components/property-filter";
import { words } from "../language.ts";
import { type AttributeKey, anyValue, attributes, type Term } from "./attributes.ts";
import { fields } from "./fields.ts";

const text = words({ any: "any" }, { any: "すべての値" });

/** A value as people read it. */
export const valueText = (value: string): string => (value === anyValue ? text().any : value);

/** Several values of one attribute are one token, which any of them fits; they are chosen from a list. */
const operator = (sign: "=" | "!="): PropertyFilterProps.ExtendedOperator<string[]> => ({
  operator: sign,
  tokenType: "enum",
  format: (values) => values.map(valueText).join(", "),
});

/** The attributes as the filter's input offers them. */
export const filteringProperties = (): PropertyFilterProps.FilteringProperty[] =>
  attributes.map((key) => ({
    key,
    propertyLabel: fields()[key],
    groupValuesLabel: fields()[key],
    operators: [operator("="), operator("!=")],
  }));

/** Words without an attribute: text anywhere in the record. */
export const freeText: PropertyFilterProps.FreeTextFiltering = { operators: [":", "!:"], defaultOperator: ":" };

const isNegation = (sign: string): boolean => sign.startsWith("!");

/** What the filter's input shows, as terms; an empty one is left out, and one that is there already. */
export function termsOf({ tokens }: PropertyFilterProps.Query): Term[] {
  const terms = tokens.flatMap(({ propertyKey, operator: sign, value }) => {
    const key: Term["key"] = (propertyKey as AttributeKey | undefined) ?? "contains";
    const values = [value ?? ""].flat().map((each) => String(each).trim());
    return values.filter((each) => each !== "").map((each) => ({ key, value: each, negated: isNegation(sign) }));
  });
  return terms.filter((term, index) => terms.findIndex((other) => isSame(term, other)) === index);
}

const isSame = (one: Term, other: Term): boolean =>
  one.key === other.key && one.value === other.value && one.negated === other.negated;

/** Terms as the filter's input shows them: an attribute's values together, as any of them will do; each text by itself. */
export function filterQueryOf(terms: readonly Term[]): PropertyFilterProps.Query {
  const tokens = new Map<
    string,
    { propertyKey?: string; operator: "=" | "!=" | ":" | "!:"; value: string | string[] }
  >();
  for (const { key, value, negated } of terms) {
    if (key === "contains") {
      tokens.set(`${negated} ${value}`, { operator: negated ? "!:" : ":", value });
      continue;
    }
    const sign = negated ? "!=" : "=";
    const known = tokens.get(`${key}${sign}`)?.value ?? [];
    tokens.set(`${key}${sign}`, { propertyKey: key, operator: sign, value: [...known, value] });
  }
  return { operation: "and", tokens: [...tokens.values()] };
}
