// The graph library alone, with as many plain nodes and edges as the plan has: what its own page can be measured against.
import { ReactFlow, useEdgesState, useNodesState, type Edge, type Node } from "@xyflow/react";
import { createElement } from "react";
import { createRoot } from "react-dom/client";

declare const document: { getElementById(id: string): Element };
/** Written into the page by who serves it. */
declare const GRAPH: { readonly nodes: Node[]; readonly edges: Edge[] };

function BareGraph() {
  const [nodes, , onNodesChange] = useNodesState(GRAPH.nodes);
  const [edges, , onEdgesChange] = useEdgesState(GRAPH.edges);
  return createElement(ReactFlow, { nodes, edges, onNodesChange, onEdgesChange, fitView: true, minZoom: 0.05 });
}

createRoot(document.getElementById("graph")).render(createElement(BareGraph));
