import type { CommentPlace } from "../state/page-state.ts";
import { usePage } from "../state/page-state.ts";
import { useFocusBack } from "../elements/keep-focus.ts";
import { addComment } from "./comment-actions.ts";
import { CommentQuote } from "./comment-quote.tsx";
import { RemarkForm } from "./remark-form.tsx";

/** Where the person writes a comment, or other words for those that they have marked. */
export function CommentComposer({ place }: { readonly place: CommentPlace }) {
  useFocusBack();
  const suggests = place.suggests === true;
  return (
    <>
      {place.quote !== undefined && <CommentQuote quote={place.quote.text} />}
      <RemarkForm
        key={suggests ? "suggest" : "comment"}
        label={suggests ? "Suggest" : "Comment"}
        testId="comment"
        start={suggests ? (place.quote?.text ?? "") : ""}
        send={(text) => addComment(place, text)}
        cancel={() => usePage.setState({ composing: null })}
        startsFocused
      />
    </>
  );
}
