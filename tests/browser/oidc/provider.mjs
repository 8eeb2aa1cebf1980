// A real OpenID Connect provider on loopback. Whoever types an e-mail address at its login is that person.
// node provider.mjs PORT REDIRECT_URI
import { Provider } from 'oidc-provider';

const [port, redirect] = process.argv.slice(2);
const provider = new Provider(`http://localhost:${port}`, {
  clients: [{
    client_id: 'qudao', client_secret: 'a secret of the tests', redirect_uris: [redirect],
    post_logout_redirect_uris: [redirect],
  }],
  cookies: { keys: ['a key of the tests'] },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  conformIdTokenClaims: false, // the e-mail stands in the ID token, where Streamlit looks for it
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: `sub-of-${id}`, email: id.replace('unverified.', ''),
                     email_verified: !id.startsWith('unverified.'), name: id }),
  }),
  async loadExistingGrant(context) { // no page that asks for consent
    const grant = new context.oidc.provider.Grant({
      clientId: context.oidc.client.clientId, accountId: context.oidc.session.accountId,
    });
    grant.addOIDCScope('openid email profile');
    await grant.save();
    return grant;
  },
});
provider.listen(Number(port), 'localhost', () => console.log('listening'));
