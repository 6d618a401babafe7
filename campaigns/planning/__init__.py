"""What we mean to achieve, and when: campaigns with their objective. Calendar rules and windows join them here later."""
