// Reads JobPostings from standard input and prints what a validator of the rules of search engines says about each.
import Validator from "@adobe/structured-data-validator";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const said = [];
for (const posting of JSON.parse(Buffer.concat(chunks).toString("utf-8"))) {
  const found = await new Validator().validate({ jsonld: { JobPosting: [posting] }, microdata: {}, rdfa: {} });
  said.push(found.map(({ issueMessage }) => issueMessage));
}
console.log(JSON.stringify(said));
