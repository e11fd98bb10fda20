"""Signing in by an OpenID Connect provider: authorization code flow with PKCE.

Belongs here: speaking to the provider, proving what it said, sign-ins under way. Does not: who somebody is here
(flow.access_links), pages and cookies (pages/signin_oidc.py). Signatures and keys are joserfc's, HTTP is httpx's.
"""
