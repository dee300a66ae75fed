"""Privacy: what is done with personal information and on what ground, and the rights of whom it is about.

Legal basis: 个人信息保护法 13–17, 28–31, 44–51, 54–57. Reaches every room through what each registers.
Words: 处理活动 ProcessingActivity, 同意 ConsentRecord.
"""
