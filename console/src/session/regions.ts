import { language } from "../language.ts";

type Row = readonly [id: string, area: string, city: string, japaneseArea: string, japaneseCity: string];

// As the AWS console names them, in the order of its menu.
// biome-ignore format: a row is a line
const rows: readonly Row[] = [
  ["us-east-1", "United States", "N. Virginia", "米国", "バージニア北部"],
  ["us-east-2", "United States", "Ohio", "米国", "オハイオ"],
  ["us-west-1", "United States", "N. California", "米国", "北カリフォルニア"],
  ["us-west-2", "United States", "Oregon", "米国", "オレゴン"],
  ["ap-south-1", "Asia Pacific", "Mumbai", "アジアパシフィック", "ムンバイ"],
  ["ap-south-2", "Asia Pacific", "Hyderabad", "アジアパシフィック", "ハイデラバード"],
  ["ap-northeast-3", "Asia Pacific", "Osaka", "アジアパシフィック", "大阪"],
  ["ap-northeast-2", "Asia Pacific", "Seoul", "アジアパシフィック", "ソウル"],
  ["ap-northeast-1", "Asia Pacific", "Tokyo", "アジアパシフィック", "東京"],
  ["ap-southeast-1", "Asia Pacific", "Singapore", "アジアパシフィック", "シンガポール"],
  ["ap-southeast-2", "Asia Pacific", "Sydney", "アジアパシフィック", "シドニー"],
  ["ap-southeast-3", "Asia Pacific", "Jakarta", "アジアパシフィック", "ジャカルタ"],
  ["ap-southeast-4", "Asia Pacific", "Melbourne", "アジアパシフィック", "メルボルン"],
  ["ap-southeast-5", "Asia Pacific", "Malaysia", "アジアパシフィック", "マレーシア"],
  ["ap-southeast-6", "Asia Pacific", "New Zealand", "アジアパシフィック", "ニュージーランド"],
  ["ap-southeast-7", "Asia Pacific", "Thailand", "アジアパシフィック", "タイ"],
  ["ap-east-1", "Asia Pacific", "Hong Kong", "アジアパシフィック", "香港"],
  ["ap-east-2", "Asia Pacific", "Taipei", "アジアパシフィック", "台北"],
  ["ca-central-1", "Canada", "Central", "カナダ", "中部"],
  ["ca-west-1", "Canada", "Calgary", "カナダ", "カルガリー"],
  ["eu-central-1", "Europe", "Frankfurt", "欧州", "フランクフルト"],
  ["eu-central-2", "Europe", "Zurich", "欧州", "チューリッヒ"],
  ["eu-west-1", "Europe", "Ireland", "欧州", "アイルランド"],
  ["eu-west-2", "Europe", "London", "欧州", "ロンドン"],
  ["eu-west-3", "Europe", "Paris", "欧州", "パリ"],
  ["eu-south-1", "Europe", "Milan", "欧州", "ミラノ"],
  ["eu-south-2", "Europe", "Spain", "欧州", "スペイン"],
  ["eu-north-1", "Europe", "Stockholm", "欧州", "ストックホルム"],
  ["sa-east-1", "South America", "São Paulo", "南米", "サンパウロ"],
  ["mx-central-1", "Mexico", "Central", "メキシコ", "中部"],
  ["il-central-1", "Israel", "Tel Aviv", "イスラエル", "テルアビブ"],
  ["me-central-1", "Middle East", "UAE", "中東", "アラブ首長国連邦"],
  ["me-south-1", "Middle East", "Bahrain", "中東", "バーレーン"],
  ["af-south-1", "Africa", "Cape Town", "アフリカ", "ケープタウン"],
];

interface RegionName {
  readonly id: string;
  readonly area: string;
  readonly city: string;
}

/** The Regions of the aws partition, with their names in the chosen language. */
export function regionNames(): readonly RegionName[] {
  return rows.map(([id, area, city, japaneseArea, japaneseCity]) =>
    language() === "ja" ? { id, area: japaneseArea, city: japaneseCity } : { id, area, city },
  );
}
