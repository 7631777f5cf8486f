"""Who somebody is: accounts, sign-in, second factor, sessions, limits, invitations, and the proof that binding acts ask for."""
