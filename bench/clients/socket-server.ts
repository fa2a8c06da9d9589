/** The bare page of C2 and its WebSocket, in a process of its own: says when each message came, in nanoseconds. */
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const page = `<!doctype html><title>Bare page</title>
<textarea aria-label="Message"></textarea><div></div>
<script>
const socket = new WebSocket(location.href.replace("http", "ws"));
const text = document.querySelector("textarea");
socket.onopen = () => { document.title = "Bare page, connected"; };
socket.onmessage = ({ data }) => { document.querySelector("div").textContent = data; };
text.onkeydown = (event) => {
	if (event.key !== "Enter") return;
	event.preventDefault();
	socket.send(text.value);
	text.value = "";
};
</script>`;

const server = createServer((_request, response) => {
	response.writeHead(200, { "content-type": "text/html" }).end(page);
});
new WebSocketServer({ server }).on("connection", (socket) => {
	socket.on("message", () => process.send?.({ sent: String(process.hrtime.bigint()) }));
});
server.listen(0, "127.0.0.1", () => {
	const address = server.address();
	process.send?.({ port: typeof address === "object" ? address?.port : 0 });
});
process.on("disconnect", () => process.exit(0));
