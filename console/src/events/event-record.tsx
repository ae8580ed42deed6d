import CodeView from "@cloudscape-design/code-view/code-view";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import type { ReactNode } from "react";
import type { CloudTrailRecord } from "../../../src/record/record.ts";
import { PageLink } from "../page-link.tsx";
import { piecesOf, resourceIn } from "./json.ts";
import { hrefOfAll } from "./view.ts";

/** A line of JSON in colours; ids of resources lead to their events. */
function Line({ line }: { readonly line: string }): ReactNode {
  return piecesOf(line).map(({ kind, text }, index) => {
    const resource = kind === "text" ? resourceIn(text) : undefined;
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a line never change places
      <span key={index} className={`json-${kind}`}>
        {resource === undefined ? (
          text
        ) : (
          <>
            "
            <PageLink to={hrefOfAll("ResourceName", resource)} label={`All events of ${resource}`}>
              {resource}
            </PageLink>
            "
          </>
        )}
      </span>
    );
  });
}

/** The lines, which the view takes as children of one element. */
function highlight(code: string): ReactNode {
  return (
    <span>
      {code.split("\n").map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of a record never change places
        <span key={index}>
          <Line line={line} />
          {"\n"}
        </span>
      ))}
    </span>
  );
}

/** The record as JSON, to read and to copy. */
export function EventRecord({ record }: { readonly record: CloudTrailRecord }) {
  const json = JSON.stringify(record, null, 4);
  return (
    <CodeView
      content={json}
      highlight={highlight}
      wrapLines
      ariaLabel="Event record"
      actions={
        <CopyToClipboard
          variant="icon"
          copyButtonAriaLabel="Copy event record"
          textToCopy={json}
          copySuccessText="Event record copied"
          copyErrorText="The event record could not be copied"
        />
      }
    />
  );
}
