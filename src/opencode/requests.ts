import type * as Api from "@opencode-ai/sdk/v2/types";

/** All that is asked of opencode, in the words of its own packages. Types alone: nothing of them is loaded. */
export type ApiRequest =
  | ({ readonly method: "get" } & Get)
  | ({ readonly method: "post" } & Post)
  | ({ readonly method: "patch" } & Patch)
  | ({ readonly method: "delete" } & Delete);

type Get =
  | Api.AppAgentsData
  | Api.ConfigProvidersData
  | Api.FileListData
  | Api.FileReadData
  | Api.GlobalHealthData
  | Api.PermissionListData
  | Api.ProjectCurrentData
  | Api.QuestionListData
  | Api.SessionChildrenData
  | Api.SessionGetData
  | Api.SessionListData
  | Api.SessionMessageData
  | Api.SessionMessagesData
  | Api.SessionStatusData
  | Api.ToolIdsData;

type Post =
  | Api.AppLogData
  | Api.InstanceDisposeData
  | Api.PermissionReplyData
  | Api.QuestionRejectData
  | Api.SessionAbortData
  | Api.SessionCreateData
  | Api.SessionPromptAsyncData
  | Api.SessionPromptData
  | Api.SessionShellData
  | Api.TuiPublishData
  | Api.TuiShowToastData
  | Api.VcsApplyData
  | Api.WorktreeCreateData;

type Patch = Api.PartUpdateData | Api.SessionUpdateData;

type Delete = Api.SessionDeleteData | Api.SessionDeleteMessageData | Api.WorktreeRemoveData;

/** A part of a message, as opencode takes it back. */
export type ApiPart = Api.Part;
