import { create } from "zustand";
import type { NoticeContent } from "./describe-refusal.ts";

const SHOWN_MS = 5000;

export interface Notice {
  readonly id: number;
  readonly content: NoticeContent;
}

/** What the person has to know or to choose, oldest first. */
export const useNotices = create<{ readonly notices: readonly Notice[] }>(() => ({ notices: [] }));

let noticeCount = 0;

/** A mere word goes by itself; the rest stays until the person closes it. */
export function notify(content: NoticeContent): void {
  noticeCount += 1;
  const notice = { id: noticeCount, content };
  useNotices.setState(({ notices }) => ({ notices: [...notices, notice] }));
  if (content.kind === "info") setTimeout(() => dismissNotice(notice.id), SHOWN_MS);
}

export function dismissNotice(id: number): void {
  useNotices.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}
