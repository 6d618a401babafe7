"""Nodemailer's pool of ten connections, as a program for Node that is written when it is to run."""

CONNECTIONS = 10

PROGRAM = (
    """
// LETTER PORT LETTERS TOOLS: sends so many and prints what it did as JSON.
const [letter, port, letters, tools] = process.argv.slice(2);
const page = JSON.parse(require("node:fs").readFileSync(letter, "utf8"));
const nodemailer = require(`${tools}/node_modules/nodemailer`);
const pool = nodemailer.createTransport({
  host: "127.0.0.1", port: Number(port), pool: true, maxConnections: CONNECTIONS, maxMessages: Infinity, ignoreTLS: true,
});
const signs = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;" };
const escaped = (text) => text.replace(/[&<>"']/g, (sign) => signs[sign]);
const filled = (text, values, write) => text.replace(/\\{\\{ (\\w+) \\}\\}/g, (_, name) => write(values[name]));
const total = Number(letters);
let next = 0, accepted = 0;

async function lane() {
  for (let number = next++; number < total; number = next++) {
    const council = number % 408, stop_url = `http://localhost:8000/stop/${String(number).padStart(40, "0")}`;
    const values = {
      name: `Head of service ${number}`, organisation: `Council ${council}`, role: "practitioner", region: "South East", stop_url,
    };
    const sent = await pool.sendMail({
      from: "LOPP team <lopp@countersign.test>", to: `post${number}@council${council}.test`, subject: page.subject,
      messageId: `<${number}@countersign.test>`, headers: { "List-Unsubscribe": `<${stop_url}>` },
      text: filled(page.text, values, String), html: filled(page.html, values, escaped),
    });
    accepted += sent.accepted.length;
  }
}

(async () => {
  const began = process.hrtime.bigint(), before = process.cpuUsage();
  await Promise.all(Array.from({ length: CONNECTIONS * 2 }, lane));
  const used = process.cpuUsage(before), seconds = Number(process.hrtime.bigint() - began) / 1e9;
  pool.close();
  console.log(JSON.stringify({ accepted, seconds, cpu: (used.user + used.system) / 1e6 }));
})();
"""
).replace("CONNECTIONS", str(CONNECTIONS))
