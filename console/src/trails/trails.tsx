import { Layout } from "../layout.tsx";

/** Trails: the list, and what is below it. */
export default function Trails() {
  return (
    <Layout path="/trails" header={null}>
      {null}
    </Layout>
  );
}
