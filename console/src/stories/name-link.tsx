import { PageLink } from "../page-link.tsx";
import { type SubjectKey, storyHref } from "./subject.ts";
import { storyText } from "./words.ts";

/** A name that leads to its story. */
export function NameLink({ of, name }: { readonly of: SubjectKey; readonly name: string }) {
  return (
    <PageLink to={storyHref(of, name)} label={storyText().storyOf(name)}>
      {name}
    </PageLink>
  );
}
