import { words } from "./language.ts";

const titles = words(
  { events: "Event history", overview: "Overview", sshAccess: "SSH access", trails: "Trails" },
  { events: "イベント履歴", overview: "概要", sshAccess: "SSH アクセス", trails: "証跡" },
);

/** The console's pages in the order of the navigation, by their paths below `/console`; the first is where one begins. */
export const pages = [
  { path: "/events", title: () => titles().events },
  { path: "/overview", title: () => titles().overview },
  { path: "/ssh-access", title: () => titles().sshAccess },
  { path: "/ec2", title: () => "EC2" },
  { path: "/trails", title: () => titles().trails },
] as const;

export type PagePath = (typeof pages)[number]["path"];
