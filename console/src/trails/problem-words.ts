import type { ProblemCode } from "../../../src/trails/verify/problems.ts";
import { problems } from "../../../src/trails/verify/problems.ts";
import { language } from "../language.ts";

const japanese: Readonly<Record<ProblemCode, string>> = {
  DigestNotFound: "後のダイジェストが参照していますが、見つかりません",
  DigestsMissing: "この期間を証明するダイジェストがありません",
  DigestInvalidFormat: "形式が無効です",
  DigestMoved: "元の場所から移動されています",
  DigestKeyUnknown: "フィンガープリントに一致するパブリックキーがありません",
  DigestUnsigned: "署名が削除されています",
  DigestSignatureWrong: "署名の検証に失敗しました",
  DigestSignatureAbsent: "署名がないため検証できません",
  PreviousHashWrong: "直前のダイジェストが参照内容と一致しません: ハッシュ",
  PreviousSignatureWrong: "直前のダイジェストが参照内容と一致しません: 署名",
  ChainRestarted: "チェーンが新しく始まっています。この期間を証明するものはありません",
  HeadMissing: "チェーンはこれより後に始まっています。この期間を証明するものはありません",
  TailMissing: "最新のダイジェストがありません",
  TailOld: "以降のダイジェストがありません: ログ記録が停止しているか、ダイジェストが失われています",
  LogNotFound: "見つかりません",
  LogInvalidFormat: "形式が無効です",
  LogChanged: "ハッシュ値が一致しません",
  LogUnnamed: "期間を対象とするダイジェストがあるのに、どのダイジェストにも記載されていません",
  LogUnproved: "期間を対象とするダイジェストがありません",
  LogPending: "最新のダイジェストより新しいため、次のダイジェストで証明されます",
};

/** What a problem is, in the person's language. */
export const problemText = (problem: ProblemCode): string =>
  language() === "ja" ? japanese[problem] : problems[problem].message;
