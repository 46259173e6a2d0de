// A certified OpenID provider for the tests. Who signs in and how is said beforehand with POST /next?sub=…&amr=….
import Provider from "oidc-provider";

const port = Number(process.argv[2]), issuer = `http://localhost:${port}`;
let next = { sub: "nobody", amr: [] };

const client = (id, more) => ({
  client_id: id, redirect_uris: process.argv.slice(3), response_types: ["code"],
  grant_types: ["authorization_code"], ...more,
});
const provider = new Provider(issuer, {
  clients: [
    client("kreislohn", { client_secret: "ein-geheimnis-nur-fuer-die-pruefung" }),
    client("offen", { token_endpoint_auth_method: "none" }),
  ],
  claims: { openid: ["sub", "amr"] },
  conformIdTokenClaims: true,
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope("openid");
    await grant.save();
    return grant;
  },
});
provider.use(async (ctx, go) => {
  if (ctx.path === "/next" && ctx.method === "POST") {
    next = { sub: ctx.query.sub, amr: (ctx.query.amr || "").split(" ").filter(Boolean) };
    ctx.body = "ok";
  } else if (ctx.path.startsWith("/interaction/")) {
    await provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: next.sub, amr: next.amr } });
    ctx.respond = false;
  } else {
    await go();
  }
});
provider.listen(port, "127.0.0.1", () => console.log("ready"));
