"""Mailchimp's Marketing API 3.0 as documented. `app.routes`, `state.MailchimpState`; field lists in fields.json."""
